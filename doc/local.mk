# SPDX-License-Identifier: Apache-2.0

dist_doc_DATA = %D%/sekisho.yaml %D%/alert-format.md %D%/threat-model.md

# What JSON lines look like, for those who read them by program.
schemadir = $(pkgdatadir)
dist_schema_DATA = %D%/alert.schema.json
