# SPDX-License-Identifier: Apache-2.0

TESTS += %D%/json.t %D%/hostile.t %D%/logins.t %D%/log.t %D%/public.t %D%/volume.t %D%/windows.t
EXTRA_DIST += %D%/json.t %D%/hostile.t %D%/logins.t %D%/compare-json.py %D%/keyed.yml %D%/log.t %D%/public.t %D%/public.py %D%/volume.t %D%/windows.t %D%/windows.py
