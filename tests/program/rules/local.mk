# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/rules.t %D%/benign.t %D%/filter.t %D%/samples.t %D%/sigma.t
EXTRA_DIST += %D%/rules.t %D%/benign.t %D%/filter.t %D%/samples.t %D%/sigma.t %D%/compare.py \
  tests/generators/pe.py tests/generators/rule-samples.py
