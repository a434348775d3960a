# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/formats.t %D%/hostile.t %D%/locked.t
EXTRA_DIST += %D%/formats.t %D%/hostile.t %D%/locked.t tests/generators/archives.py
