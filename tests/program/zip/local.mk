# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/dialects.t %D%/hostile.t %D%/programs.t %D%/public.t %D%/samples.t
EXTRA_DIST += %D%/dialects.t %D%/hostile.t %D%/programs.t %D%/public.t %D%/samples.t %D%/compare.py %D%/public.py \
  %D%/public-differences.txt tests/generators/zips.py \
  tests/generators/sample-containers.py tests/generators/zip-hostile.py
