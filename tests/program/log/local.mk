# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/json.t
EXTRA_DIST += %D%/json.t %D%/compare-json.py
