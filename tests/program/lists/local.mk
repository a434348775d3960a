# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/lists.t
EXTRA_DIST += %D%/lists.t
