# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/allow.t %D%/cache.t %D%/config.t %D%/explain.t %D%/load.t %D%/options.t %D%/passwords.t %D%/rules.t
EXTRA_DIST += %D%/allow.t %D%/cache.t %D%/config.t %D%/explain.t %D%/load.t %D%/options.t %D%/passwords.t %D%/rules.t
