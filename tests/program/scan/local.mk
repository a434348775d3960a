# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/exit.t %D%/rootless.t %D%/same.t %D%/signals.t %D%/silence.t
EXTRA_DIST += %D%/exit.t %D%/rootless.t %D%/same.t %D%/signals.t %D%/silence.t
