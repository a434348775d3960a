# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/file.t %D%/related.t
EXTRA_DIST += %D%/file.t %D%/related.t %D%/read.py
