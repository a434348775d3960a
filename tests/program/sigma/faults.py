#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Builds sigma-run with one fault at a time and tells whether the comparison notices.

    faults.py SOURCE BUILD CASES WORK

CASES holds what sigma-cases.py made (rules.yml, records.jsonl, names.txt, table.yml), and `reference`, the
answers of sigma-reference.py. First the source is built as it stands, the same way: it has to give these
answers, or what is caught below says nothing. Then prints a line a fault: `caught`, `missed` or `stale` (the source no
longer has the text that is to be changed), and what it is. Each fault is an edit of one source file,
which alone is compiled again.
"""
import os
import shlex
import subprocess
import sys

# What somebody could get wrong: name, file, what stands there, what is put there.
FAULTS = [
    ("? fits nothing", "pattern.c", "parts[i].kind == SK_SIGMA_ONE ? character_size (text, at) :", "parts[i].kind == SK_SIGMA_ONE ? 0 :"),
    ("case never counts", "pattern.c", "size_t size = cased ? sk_fold_repair (text, room) :", "size_t size = false ? sk_fold_repair (text, room) :"),
    ("a head must be shorter than its text", "pattern.c", "starts (SkSpan text, SkSpan literal)\n{\n  return literal.size <= text.size", "starts (SkSpan text, SkSpan literal)\n{\n  return literal.size < text.size"),
    ("a tail must be shorter than its text", "pattern.c", "ends (SkSpan text, SkSpan literal)\n{\n  return literal.size <= text.size", "ends (SkSpan text, SkSpan literal)\n{\n  return literal.size < text.size"),
    ("an absent field suppresses", "eval.c", "  if (!item->item->negated)\n    return eval_choices (eval, item);\n", "  if (!item->item->negated)\n    return item->field != SIGMA_NONE && values_of (eval, item->field).n == 0 ? SK_SIGMA_MAYBE : eval_choices (eval, item);\n"),
    ("all is any", "eval.c", "bool all = item->item->all;", "bool all = item->item->all && item->n_choices > 9;"),
    ("or looks at its first part alone", "eval.c", "  SkSigmaTruth result = SK_SIGMA_FALSE;\n  for (uint32_t i = 0; i < node->n_children && result", "  SkSigmaTruth result = SK_SIGMA_FALSE;\n  for (uint32_t i = 0; i < 1 && i < node->n_children && result"),
    ("neq holds for an absent field", "eval.c", "if (values_of (eval, item->field).n == 0)\n    return SK_SIGMA_FALSE;", "if (values_of (eval, item->field).n == 0)\n    return SK_SIGMA_TRUE;"),
    ("exists is turned round", "eval.c", "truth ((values.n > 0) == atom->atom->flag)", "truth ((values.n > 0) != atom->atom->flag)"),
    ("null is the empty text", "eval.c", "    return truth (values.n == 0);", "    return truth (values.n == 0 || (values.n == 1 && sigma_value_text (eval->scan, value_at (&values, 0)).size == 0));"),
    ("of a list the last value counts", "eval.c", "  for (uint32_t i = 0; i < values.n; i++)\n    {\n      uint32_t value = value_at (&values, i);", "  for (uint32_t i = values.n > 0 ? values.n - 1 : 0; i < values.n; i++)\n    {\n      uint32_t value = value_at (&values, i);"),
    ("`2 of` needs three", "eval.c", "  if (surely >= node->least)\n", "  if (surely > node->least || surely == node->n_children)\n"),
    ("gt is gte", "value-match.c", "    case SK_SIGMA_GT:\n      return order > 0;", "    case SK_SIGMA_GT:\n      return order >= 0;"),
    ("a network is twice as large", "value-match.c", "  return same_bits (address, atom->address, atom->prefix);", "  return same_bits (address, atom->address, atom->prefix > 96 ? atom->prefix - 1u : atom->prefix);"),
    ("escapes of JSON stay", "value-text.c", "  uint8_t *to = sigma_text_take (scan, text.size);\n  size_t size = sk_json_text_undo (text, (char *) to);", "  uint8_t *to = sigma_text_take (scan, text.size);\n  size_t size = text.size;\n  memcpy (to, text.data, size);"),
    ("letters beyond ASCII do not fold", "../base/fold.c", "  return u_foldCase (code_point, U_FOLD_CASE_DEFAULT);", "  return code_point;"),
    ("windash forgets the em dash", "value-pattern.c", '"-", "/", "\\xe2\\x80\\x93", "\\xe2\\x80\\x94", "\\xe2\\x80\\x95"', '"-", "/", "\\xe2\\x80\\x93", "\\xe2\\x80\\x95", "\\xe2\\x80\\x95"'),
    ("base64offset forgets an offset", "value-encode.c", "for (size_t i = 0; i < 3; i++)", "for (size_t i = 0; i < 2; i++)"),
    ("them means hidden selections, too", "condition.c", "if ((parser->selections[i].name[0] != '_' || pattern[0] == '_')", "if ((parser->selections[i].name[0] != '\\0' || pattern[0] == '_')"),
    ("keywords begin the text", "value.c", "SkSigmaPattern around = { any, 1 };", "SkSigmaPattern around = { any, 0 };"),
    ("i of an expression is forgotten", "program.c", "sk_sigma_regex_options (atom), &error", "sk_sigma_regex_options (atom) & ~(uint32_t) PCRE2_CASELESS, &error"),
    ("triggers of an or are those of one part", "trigger.c", "      return cheapest (chooser, node, node->n_children);", "      return cheapest (chooser, node, 1);"),
    ("short tails are not looked for", "index.c", "      ask_group (ask, TAIL_4, text);", "      ask_group (ask, HEAD_4, text);"),
]


def make_flags(build, target):
    # What runs the tests is often make itself, whose flags are not for this one.
    alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "-s", "--no-print-directory", "-C", build, target], check=True, stdout=subprocess.PIPE, text=True, env=alone)
    return [shlex.split(line) for line in done.stdout.splitlines()]


class Builder:
    def __init__(self, source, build, work):
        self.source, self.build, self.work = source, build, work
        (self.compiler, self.flags, self.libraries) = make_flags(build, "print-build-flags")

    def run_with(self, name, text):
        """sigma-run with that text in place of a file of core/sigma. The path of the program."""
        path = os.path.join(self.work, os.path.basename(name))
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        folder = os.path.dirname(os.path.join(self.source, "core/sigma", name))
        program = os.path.join(self.work, "sigma-run")
        subprocess.run([*self.compiler, *self.flags, "-w", "-O0", "-I" + folder, "-o", program, os.path.join(self.source, "tests/lib/sigma-run.c"), path,
                        os.path.join(self.build, "core/.libs/libsekisho.a"), *self.libraries], check=True)
        return program


def judge(program, cases):
    done = subprocess.run([program, "--table", os.path.join(cases, "table.yml"), "--list", os.path.join(cases, "names.txt"), "--rules", os.path.join(cases, "rules.yml"),
                           os.path.join(cases, "records.jsonl")], check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.returncode, done.stdout


def main(source, build, cases, work, most):
    builder = Builder(source, build, work)
    with open(os.path.join(cases, "reference"), "rb") as file:
        expected = file.read()
    with open(os.path.join(source, "core/sigma/eval.c"), encoding="utf-8") as file:
        if judge(builder.run_with("eval.c", file.read()), cases) != (0, expected):
            sys.exit("without any fault the answers are not those of the reference")
    for name, path, old, new in FAULTS[:int(most)]:
        with open(os.path.join(source, "core/sigma", path), encoding="utf-8") as file:
            text = file.read()
        if text.count(old) != 1:
            print("stale\t%s\t%s" % (name, path), flush=True)
            continue
        status, found = judge(builder.run_with(path, text.replace(old, new)), cases)
        print("%s\t%s" % ("missed" if status == 0 and found == expected else "caught", name), flush=True)


main(*sys.argv[1:])
