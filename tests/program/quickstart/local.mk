# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/quickstart.t
EXTRA_DIST += %D%/quickstart.t
