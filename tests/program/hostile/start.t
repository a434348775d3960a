#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A plugin that fails before the first object ends the start with a reason.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"
PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/hostile/hostile.py" start "$work"
