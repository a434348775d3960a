# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/property.t
EXTRA_DIST += %D%/property.t %D%/faults.py tests/generators/sigma-cases.py
