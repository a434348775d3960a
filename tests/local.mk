# SPDX-License-Identifier: Apache-2.0

include tests/bench/local.mk
include tests/lib/local.mk
include tests/plugins/local.mk
include tests/meta/local.mk
include tests/program/archive/local.mk
include tests/program/container/local.mk
include tests/program/media/local.mk
include tests/program/name/local.mk
include tests/program/zip/local.mk
include tests/program/plugin-template/local.mk
include tests/program/cli/local.mk
include tests/program/install/local.mk
include tests/program/lists/local.mk
include tests/program/log/local.mk
include tests/program/quickstart/local.mk
include tests/program/records/local.mk
include tests/program/rules/local.mk
include tests/program/scan/local.mk
include tests/program/sigma/local.mk
include tests/program/syslog/local.mk
include tests/program/chaos/local.mk
include tests/program/hostile/local.mk
include tests/program/sandbox/local.mk

EXTRA_DIST += \
  %D%/samples/README.md \
  %D%/samples/containers/図面.zip \
  %D%/samples/containers/請求書.zip \
  %D%/samples/destroy.cmd \
  %D%/samples/eicar.com \
  %D%/samples/logs/auth.log \
  %D%/samples/mail/gtube.eml \
  %D%/samples/mail/案内.txt \
  %D%/samples/upload/upload.php \
  %D%/samples/保守.bat \
  %D%/samples/見積書.pdf \
  %D%/samples/送付状.txt
