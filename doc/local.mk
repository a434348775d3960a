# SPDX-License-Identifier: Apache-2.0

dist_man_MANS += \
  %D%/sekisho.1 \
  %D%/sekisho-allow.1 \
  %D%/sekisho-config.1 \
  %D%/sekisho-explain.1 \
  %D%/sekisho-plugins.1 \
  %D%/sekisho-rules.1 \
  %D%/sekisho-scan.1 \
  %D%/sekisho-sigma.5 \
  %D%/sekisho.yaml.5

dist_doc_DATA = %D%/sekisho.yaml %D%/alert-format.md %D%/benchmarks.md %D%/records.md \
  %D%/threat-model.md

# What JSON lines look like, for those who read them by program.
schemadir = $(pkgdatadir)
dist_schema_DATA = %D%/alert.schema.json %D%/records.schema.json
