# SPDX-License-Identifier: Apache-2.0
# The shipped rules; each subject a file.

signaturesyaradir = $(pkgdatadir)/signatures/yara
dist_signaturesyara_DATA = \
  %D%/yara/file-attack-tool.yar \
  %D%/yara/file-hash.yar \
  %D%/yara/file-pe.yar \
  %D%/yara/file-ransom.yar \
  %D%/yara/file-script.yar \
  %D%/yara/file-type.yar \
  %D%/yara/file-webshell.yar \
  %D%/yara/file-worm.yar \
  %D%/yara/test-signatures.yar

# Which records the logsources of Sigma rules mean.
signatureslogsourcesdir = $(pkgdatadir)/signatures/sigma/logsources
dist_signatureslogsources_DATA = \
  %D%/sigma/logsources/application.yml \
  %D%/sigma/logsources/cloud.yml \
  %D%/sigma/logsources/linux.yml \
  %D%/sigma/logsources/network.yml \
  %D%/sigma/logsources/sekisho.yml \
  %D%/sigma/logsources/web.yml \
  %D%/sigma/logsources/windows.yml

# Sigma rules, each with its tests beside it, and lists that they name.
signaturessigmadir = $(pkgdatadir)/signatures/sigma
dist_signaturessigma_DATA = \
  %D%/sigma/file-archive.yml \
  %D%/sigma/file-archive.test.yml \
  %D%/sigma/file-autorun.yml \
  %D%/sigma/file-autorun.test.yml \
  %D%/sigma/file-container.yml \
  %D%/sigma/file-container.test.yml \
  %D%/sigma/file-media.yml \
  %D%/sigma/file-media.test.yml \
  %D%/sigma/file-name.yml \
  %D%/sigma/file-name.test.yml \
  %D%/sigma/file-ransom.yml \
  %D%/sigma/file-ransom.test.yml \
  %D%/sigma/file-usb.yml \
  %D%/sigma/file-usb.test.yml \
  %D%/sigma/file-worm.yml \
  %D%/sigma/file-worm.test.yml \
  %D%/sigma/file-zip.yml \
  %D%/sigma/file-zip.test.yml \
  %D%/sigma/log-login.yml \
  %D%/sigma/log-login.test.yml \
  %D%/sigma/log-web.yml \
  %D%/sigma/log-web.test.yml
signaturessigmalistsdir = $(pkgdatadir)/signatures/sigma/lists
dist_signaturessigmalists_DATA = \
  %D%/sigma/lists/added-extensions.txt \
  %D%/sigma/lists/document-extensions.txt \
  %D%/sigma/lists/ransom-notes.txt \
  %D%/sigma/lists/web-scripts.txt
