# SPDX-License-Identifier: Apache-2.0

HOSTILE_TESTS = %D%/crash.t %D%/endless.t %D%/talk.t %D%/requests.t %D%/start.t %D%/leak.t
TESTS += $(HOSTILE_TESTS)
EXTRA_DIST += $(HOSTILE_TESTS) %D%/hostile.py
