# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/images.t %D%/hostile.t
EXTRA_DIST += %D%/images.t %D%/hostile.t %D%/compare.py tests/generators/images.py tests/generators/images_udf.py tests/generators/images_volumes.py
