# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/images.t %D%/hostile.t %D%/costly.t %D%/hidden.t
EXTRA_DIST += %D%/images.t %D%/hostile.t %D%/costly.t %D%/hidden.t %D%/compare.py tests/generators/images.py tests/generators/images_costly.py tests/generators/images_hidden.py tests/generators/images_udf.py tests/generators/images_volumes.py
