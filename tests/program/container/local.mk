# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/rules.t %D%/twice.t
EXTRA_DIST += %D%/rules.t %D%/twice.t %D%/compare.py tests/generators/containers.py
