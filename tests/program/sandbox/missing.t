#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A wall that the kernel lacks is named, and refused when walls are required.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"
PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/sandbox/sandbox.py" missing "$work"
