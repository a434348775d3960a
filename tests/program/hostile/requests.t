#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A plugin that asks too much of the host, or wrongly, meets a limit or is named.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"
PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/hostile/hostile.py" requests "$work"
