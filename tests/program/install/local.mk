# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/install.t
EXTRA_DIST += %D%/install.t
