# SPDX-License-Identifier: Apache-2.0

pkgconfig_DATA = %D%/sekisho.pc
EXTRA_DIST += %D%/quickstart %D%/sekisho-wrapper.in
