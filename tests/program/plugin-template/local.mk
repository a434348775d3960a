# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/template.t
EXTRA_DIST += %D%/template.t
