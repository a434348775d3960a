# SPDX-License-Identifier: Apache-2.0

check_PROGRAMS += tests/program/sandbox/no-walls
tests_program_sandbox_no_walls_SOURCES = %D%/no-walls.c

SANDBOX_TESTS = %D%/inside.t %D%/code.t %D%/missing.t
TESTS += $(SANDBOX_TESTS)
EXTRA_DIST += $(SANDBOX_TESTS) %D%/sandbox.py
