#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# sekisho rules test: samples beside Sigma rules, those that are judged as they
# should be, those that are not, and those that cannot be run.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

mkdir "$work/r"
cat >"$work/r/one.yml" <<'END'
title: Curl from a document
name: test.curl.document
logsource: {product: windows, category: process_creation}
detection:
  sel:
    Image|endswith: '\curl.exe'
    ParentImage|endswith: '\winword.exe'
  filter:
    CommandLine|contains: logo
  condition: sel and not filter
END
cat >"$work/r/wave.yml" <<'END'
title: Account made
name: test.wave.account
id: 6e29ba46-4e6a-4a3f-9c7e-000000000002
logsource: {product: windows, service: security}
detection:
  sel: {EventID: 4720}
  condition: sel
---
title: Many accounts made
name: test.wave.accounts
correlation:
  type: value_count
  rules: [test.wave.account]
  group-by: [SubjectUserName]
  timespan: 10m
  condition: {gte: 3, field: TargetUserName}
---
title: Accounts one after the other
name: test.wave.row
correlation:
  type: event_count
  rules: [test.wave.account]
  group-by: [SubjectUserName]
  timespan: 60s
  condition: {gte: 5}
END
cat >"$work/r/one.test.yml" <<'END'
tests:
  - hits:
      - fields: &no {Channel: x}
END
tests() { "$SEKISHO" rules test "$@" >"$work/out" 2>"$work/err"; }

# Written below; the first version is not YAML that is taken here.
tests "$work/r/one.yml"
is "a test file with an anchor: status" 2 $?
like "a test file with an anchor: place" "^$work/r/one.test.yml:3:21: anchors" "$(cat "$work/out")"

cat >"$work/r/one.test.yml" <<'END'
tests:
  - hits:
      - fields:
          Channel: Microsoft-Windows-Sysmon/Operational
          EventID: 1
          Image: 'C:\Windows\System32\CURL.EXE'
          ParentImage: 'C:\Office\WINWORD.EXE'
      - kind: log.json
        time: 2026-11-25T00:00:00Z
        fields:
          Event:
            System: {Channel: security, EventID: '4688'}
            EventData: {NewProcessName: 'C:\curl.exe', ParentProcessName: ['C:\x.exe', 'C:\winword.exe']}
    misses:
      - fields: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, Image: 'C:\curl.exe',
                 ParentImage: 'C:\winword.exe', CommandLine: curl https://192.0.2.7/logo.png}
      - fields: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 3, Image: 'C:\curl.exe',
                 ParentImage: 'C:\winword.exe'}
      - fields: {Channel: Security, EventID: 4688, Image: 'C:\curl.exe', ParentImage: 'C:\winword.exe'}
END
cat >"$work/r/wave.test.yml" <<'END'
tests:
  - rule: 6e29ba46-4e6a-4a3f-9c7e-000000000002
    hits: [{fields: {Channel: Security, EventID: 4720}}]
    misses: [{fields: {Channel: System, EventID: 4720}}]
  - rule: test.wave.accounts
    sequence:
      findings: 1
      records:
        - {time: 2026-11-25T09:00:00Z, fields: {Channel: Security, EventID: 4720, SubjectUserName: eve, TargetUserName: a}}
        - {time: 2026-11-25T09:05:00Z, fields: {Channel: Security, EventID: 4720, SubjectUserName: eve, TargetUserName: b}}
        - {time: 2026-11-25T09:09:00Z, fields: {Channel: Security, EventID: 4720, SubjectUserName: eve, TargetUserName: c}}
  - rule: test.wave.accounts
    sequence:
      findings: 0
      records:
        - {fields: {Channel: Security, EventID: 4720, SubjectUserName: eve, TargetUserName: a}, repeat: 9}
        - {fields: {Channel: Security, EventID: 4720, SubjectUserName: eve, TargetUserName: b}}
        - {fields: {Channel: Security, EventID: 4720, SubjectUserName: bob, TargetUserName: c}}
  - rule: test.wave.row
    sequence:
      findings: 1
      records: [{fields: {Channel: Security, EventID: 4720, SubjectUserName: eve}, repeat: 5, every: 10}]
  - rule: test.wave.row
    sequence:
      findings: 0
      records: [{fields: {Channel: Security, EventID: 4720, SubjectUserName: eve}, repeat: 50, every: 20}]
END
tests "$work/r"
is "all as they should be: status" 0 $?
is "all as they should be: words" \
  "passed: 11; failed: 0; could not be run: 0; test files: 2; rules without a test: 0" "$(cat "$work/out")"
tests "$work/r/one.yml"
like "a rule file stands for its tests" '^passed: 5; .*test files: 1; ' "$(cat "$work/out")"
tests "$work/r/one.test.yml"
like "a test file stands for its rules" '^passed: 5; .*test files: 1; ' "$(cat "$work/out")"
tests --set "rules.sigma=[$work/r]"
like "without a path: all that are configured" '^passed: 11; ' "$(cat "$work/out")"

# What is not as it should be, each with its reason.
mkdir "$work/f"
cp "$work/r/one.yml" "$work/r/wave.yml" "$work/f/"
cat >"$work/f/one.test.yml" <<'END'
tests:
  - hits:
      - fields: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, Image: 'C:\curl.exe'}
      - fields: {Channel: Elsewhere, EventID: 1, Image: 'C:\curl.exe', ParentImage: 'C:\winword.exe'}
      - kind: log.web
        fields: {cs-method: GET}
    misses:
      - fields: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, Image: 'C:\curl.exe',
                 ParentImage: 'C:\winword.exe'}
END
cat >"$work/f/wave.test.yml" <<'END'
tests:
  - rule: test.wave.row
    sequence:
      findings: 2
      records: [{fields: {Channel: Security, EventID: 4720, SubjectUserName: eve}, repeat: 5, every: 10}]
END
tests "$work/f"
is "some are not: status" 1 $?
is "some are not: each is named with line and cause" \
  "$work/f/one.test.yml:3: test.curl.document: a hit does not match: the condition does not hold
$work/f/one.test.yml:4: test.curl.document: a hit does not match: such a record of kind log.json is not of the rule's logsource
$work/f/one.test.yml:5: test.curl.document: a hit does not match: such a record of kind log.web is not of the rule's logsource
$work/f/wave.test.yml:2: test.wave.row: the sequence gives 1 findings, expected 2
passed: 0; failed: 5; could not be run: 0; test files: 2; rules without a test: 2" \
  "$(grep -v 'a miss matches' "$work/out")"
like "a miss that matches shows what matched" \
  "^$work/f/one.test.yml:8: test.curl.document: a miss matches: .*curl\.exe" "$(cat "$work/out")"

# What cannot be run.
wrong() {
  what=$1
  cat >"$work/f/wave.test.yml"
  tests "$work/f/wave.yml"
  is "$what: status" 2 $?
  like "$what: said" "^$work/f/wave.test.yml:$2" "$(cat "$work/out")"
}
wrong "no such rule" '2: test\.nobody: no usable rule' <<'END'
tests:
  - {rule: test.nobody, hits: [{fields: {}}]}
END
wrong "which of several rules" '2: -: beside this file stand 3 usable rules' <<'END'
tests:
  - {hits: [{fields: {}}]}
END
wrong "hits of a correlation" '2: test\.wave\.row: a correlation is tested by a sequence' <<'END'
tests:
  - {rule: test.wave.row, hits: [{fields: {}}]}
END
wrong "a sequence of a detection" '2: test\.wave\.account: a sequence tests a correlation' <<'END'
tests:
  - {rule: test.wave.account, sequence: {findings: 0, records: [{fields: {}}]}}
END
wrong "time goes back" '7: test\.wave\.row: the time is before' <<'END'
tests:
  - rule: test.wave.row
    sequence:
      findings: 0
      records:
        - {time: 2026-11-25T09:00:00Z, fields: {}}
        - {time: 2026-11-25T08:00:00Z, fields: {}}
END
wrong "a time that cannot be told" '6: test\.wave\.row: the time is .* past the year 2261' <<'END'
tests:
  - rule: test.wave.row
    sequence:
      findings: 0
      records:
        - {time: 9999-11-25T09:00:00Z, fields: {}}
END
wrong "repetitions that go on too long" '6: test\.wave\.row: the time is .* past the year 2261' <<'END'
tests:
  - rule: test.wave.row
    sequence:
      findings: 0
      records:
        - {fields: {}, repeat: 1000000, every: 1000000}
END
wrong "a time before 1970" '6:.*time must be written as' <<'END'
tests:
  - rule: test.wave.row
    sequence:
      findings: 0
      records:
        - {time: 1969-11-25T09:00:00Z, fields: {}}
END
wrong "an unknown key" '2:6: unknown key "miss"' <<'END'
tests:
  - {miss: [], rule: test.wave.row}
END
rm "$work/f/wave.test.yml"
tests "$work/f/wave.yml"
is "no tests: status" 2 $?
like "no tests: said" 'found no tests' "$(cat "$work/err")"
rm "$work/f/one.yml"
tests "$work/f/one.test.yml"
is "no rules beside the tests: status" 2 $?
like "no rules beside the tests: said" 'no rules beside' "$(cat "$work/err")"
done_testing
