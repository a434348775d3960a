#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Each installed header stands by itself, in C and in C++, with no warning.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

for header in "$abs_top_srcdir"/core/api/sekisho/*.h; do
  name=sekisho/$(basename "$header")
  printf '#include <%s>\n#include <%s>\n' "$name" "$name" >"$work/use.c"
  ok "$name in C17" ${CC:-cc} -std=c17 -Wall -Wextra -Wconversion -Wpedantic -Werror \
    -I"$abs_top_srcdir/core/api" -fsyntax-only "$work/use.c"
  if command -v c++ >/dev/null; then
    ok "$name in C++17" c++ -x c++ -std=c++17 -Wall -Wextra -Wconversion -Werror \
      -I"$abs_top_srcdir/core/api" -fsyntax-only "$work/use.c"
  else
    skip "$name in C++17" "no C++ compiler"
  fi
done
done_testing
