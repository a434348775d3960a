# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/rules.t %D%/benign.t %D%/filter.t
EXTRA_DIST += %D%/rules.t %D%/benign.t %D%/filter.t %D%/compare.py \
  tests/generators/pe.py tests/generators/rule-samples.py
