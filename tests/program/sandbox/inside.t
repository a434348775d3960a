#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# What a plugin inside a real scan can reach: nothing but its input.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"
PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/sandbox/sandbox.py" inside "$work"
