# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/language.t %D%/quickstart.t
EXTRA_DIST += %D%/language.t %D%/quickstart.t
