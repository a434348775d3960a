# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/names.t %D%/trees.t
EXTRA_DIST += %D%/names.t %D%/trees.t tests/generators/name-trees.py
