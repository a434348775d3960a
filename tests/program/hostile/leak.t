#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Hundreds of objects that kill their worker use nothing up.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"
PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/hostile/hostile.py" leak "$work"
