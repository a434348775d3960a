# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/dialects.t
EXTRA_DIST += %D%/dialects.t %D%/compare.py tests/generators/zips.py
