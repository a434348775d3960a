# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/dialects.t %D%/hostile.t %D%/programs.t %D%/samples.t
EXTRA_DIST += %D%/dialects.t %D%/hostile.t %D%/programs.t %D%/samples.t %D%/compare.py tests/generators/zips.py \
  tests/generators/sample-containers.py tests/generators/zip-hostile.py
