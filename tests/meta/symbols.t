#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A plugin exports one symbol and needs none of ours.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

found=no
for module in "$abs_top_builddir"/plugins/.libs/*.so; do
  [ -e "$module" ] || continue
  found=yes
  name=$(basename "$module" .so)
  exported=$(nm -D --defined-only "$module" | awk '{ print $3 }' | grep -v '^__asan\|^__odr_asan\|^__ubsan\|^__sancov' | tr '\n' ' ')
  is "$name exports one symbol" "sekisho_plugin " "$exported"
  is "$name needs no symbol of ours" "" "$(nm -D --undefined-only "$module" | awk '{ print $2 }' | grep '^_*sk_')"
done
is "there are plugins" yes "$found"
done_testing
