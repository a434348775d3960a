# SPDX-License-Identifier: Apache-2.0

TESTS += \
  %D%/abandoned.t \
  %D%/closed.t \
  %D%/entries.t \
  %D%/exit.t \
  %D%/input.t \
  %D%/interrupted.t \
  %D%/large.t \
  %D%/mixed.t \
  %D%/names.t \
  %D%/rootless.t \
  %D%/same.t \
  %D%/signals.t \
  %D%/silence.t \
  %D%/sinks.t \
  %D%/vanish.t \
  %D%/weak.t
EXTRA_DIST += \
  %D%/abandoned.t \
  %D%/closed.t \
  %D%/entries.t \
  %D%/exit.t \
  %D%/input.t \
  %D%/interrupted.t \
  %D%/large.t \
  %D%/mixed.t \
  %D%/names.t \
  %D%/rootless.t \
  %D%/same.t \
  %D%/signals.t \
  %D%/silence.t \
  %D%/sinks.t \
  %D%/vanish.t \
  %D%/weak.t
