# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/formats.t %D%/hostile.t %D%/locked.t %D%/public.t
EXTRA_DIST += %D%/compare-public.py %D%/formats.t %D%/hostile.t %D%/locked.t %D%/public.t tests/generators/archives.py
