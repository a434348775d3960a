#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""A plain reading of Sigma detection rules, for tests: no index, no tricks.

    sigma-reference.py [--list NAME=FILE]… RULES RECORDS

RULES is a file of rules, one a document; RECORDS one JSON object a line, flat:
texts, numbers, true, false, null, or lists of them. Prints for each record the
names of the rules that match, in the order of the rules, separated by spaces.

Written from the Sigma specification 2.1 and from what core/sigma/rule.h and
sigma.h say of the cases that it leaves open; shares nothing with core/sigma.
Correlations, filters, logsources and collections are not its business, and
rules are taken to be right.
"""
import base64
import datetime
import ipaddress
import json
import re
import sys

import yaml

ANY, ONE = object(), object()
DASHES = '-/\u2013\u2014\u2015'


# ---- text ----

def fold_char(char):
    """Simple folding: one character stays one."""
    folded = char.casefold()
    if len(folded) == 1:
        return folded
    lower = char.lower()
    return lower if len(lower) == 1 else char


def fold(text):
    return ''.join(map(fold_char, text))


def parse_pattern(text):
    """Characters, ANY and ONE."""
    out, i = [], 0
    while i < len(text):
        if text[i] == '\\' and text[i + 1:i + 2] in ('\\', '*', '?') and i + 1 < len(text):
            out.append(text[i + 1])
            i += 1
        else:
            out.append({'*': ANY, '?': ONE}.get(text[i], text[i]))
        i += 1
    return out


def is_word(element):
    return isinstance(element, str) and re.match(r'\w', element) is not None


def loosen_dashes(pattern):
    """A dash that begins an option becomes the set of all."""
    out = list(pattern)
    for i, element in enumerate(pattern):
        if (isinstance(element, str) and element in DASHES
                and not (i > 0 and is_word(pattern[i - 1]))
                and i + 1 < len(pattern) and is_word(pattern[i + 1])):
            out[i] = frozenset(DASHES)
    return out


def regex_of(pattern, cased):
    """The pattern as an expression over folded text."""
    parts = []
    for element in pattern:
        if element is ANY:
            parts.append('.*')
        elif element is ONE:
            parts.append('.')
        elif isinstance(element, frozenset):
            parts.append('[' + ''.join(map(re.escape, sorted(element))) + ']')
        else:
            parts.append(re.escape(element if cased else fold_char(element)))
    return re.compile(''.join(parts), re.DOTALL)


# ---- scalars of rules ----

def is_plain(node):
    return node.style is None


def is_null(node):
    return is_plain(node) and node.value in ('', '~', 'null', 'Null', 'NULL')


def whole_number(node):
    if not is_plain(node):
        return None
    if re.fullmatch(r'[-+]?[0-9]+', node.value):
        number = int(node.value)
    elif re.fullmatch(r'0x[0-9a-fA-F]+', node.value):
        number = int(node.value, 16)
    elif re.fullmatch(r'0o[0-7]+', node.value):
        number = int(node.value, 8)
    else:
        return None
    return number if -2 ** 63 <= number < 2 ** 63 else None


def number_of(node):
    whole = whole_number(node)
    return float(node.value) if whole is None else whole


# ---- values of records ----

def text_of(value):
    if value is True:
        return 'true'
    if value is False:
        return 'false'
    return str(value)


def values_of(record, field):
    value = record.get(field)
    values = value if isinstance(value, list) else [value]
    return [v for v in values if v is not None]


def record_number(value):
    """A number that may be compared, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if not re.fullmatch(r'[-+]?[0-9]+(\.[0-9]+)?', value, re.ASCII):
        return None
    if '.' in value:
        return float(value)
    whole = int(value)
    return whole if -2 ** 63 <= whole < 2 ** 63 else float(value)


def record_time(value):
    """Seconds or, from 10^11 on, milliseconds since 1970; or a date with a time of day."""
    text = text_of(value)
    if re.fullmatch(r'[-+]?[0-9]+', text, re.ASCII):
        seconds = int(text)
        if abs(seconds) >= 10 ** 11:
            seconds //= 1000
        try:
            return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
        except OverflowError:
            return None
    match = re.fullmatch(r'(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?'
                         r'(?:[Zz]|([-+])(\d\d):(\d\d))?', text, re.ASCII)
    if not match:
        return None
    try:
        time = datetime.datetime(*map(int, match.group(1, 2, 3, 4, 5, 6)))
    except ValueError:
        return None
    if match.group(7):
        minutes = int(match.group(8)) * 60 + int(match.group(9))
        time -= datetime.timedelta(minutes=minutes) * (-1 if match.group(7) == '-' else 1)
    return time


def address_of(text):
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


# ---- choices: functions (record, values) → bool ----

def some(predicate):
    """Any of the values."""
    return lambda record, values: any(predicate(v) for v in values)


def choice_number(compare, node):
    number = number_of(node)

    def holds(value):
        other = record_number(value)
        return other is not None and compare(other, number)
    return some(holds)


COMPARE = {'lt': lambda a, b: a < b, 'lte': lambda a, b: a <= b,
           'gt': lambda a, b: a > b, 'gte': lambda a, b: a >= b}
PARTS = {'minute': lambda t: t.minute, 'hour': lambda t: t.hour, 'day': lambda t: t.day,
         'week': lambda t: t.isocalendar()[1], 'month': lambda t: t.month,
         'year': lambda t: t.year}


def choice_part(part, node):
    number = whole_number(node)

    def holds(value):
        time = record_time(value)
        return time is not None and PARTS[part](time) == number
    return some(holds)


def choice_regex(mods, node):
    flags = 0
    for mod, flag in (('i', re.I), ('m', re.M), ('s', re.S)):
        if mod in mods:
            flags |= flag
    compiled = re.compile(node.value, flags)
    return some(lambda v: compiled.search(text_of(v)) is not None)


def choice_network(node):
    network = ipaddress.ip_network(node.value, strict=False)

    def holds(value):
        address = address_of(text_of(value))
        return address is not None and address.version == network.version and address in network
    return some(holds)


def choice_reference(mods, node):
    cased = 'cased' in mods
    name = ''.join(parse_pattern(node.value))

    def shape(value):
        return text_of(value) if cased else fold(text_of(value))

    def related(mine, other):
        if 'contains' in mods:
            return other in mine
        if 'startswith' in mods:
            return mine.startswith(other)
        if 'endswith' in mods:
            return mine.endswith(other)
        return mine == other
    return lambda record, values: any(related(shape(v), shape(o)) for v in values
                                      for o in values_of(record, name))


def expand_all(pattern, lists):
    """The pattern once for each way to fill its placeholders."""
    text = ''.join(e if isinstance(e, str) else '\0' for e in pattern)
    match = re.search(r'%(\w+)%', text)
    if not match:
        return [pattern]
    out = []
    for value in lists[match.group(1)]:
        for rest in expand_all(pattern[match.end():], lists):
            out.append(pattern[:match.start()] + parse_pattern(value) + rest)
    return out


def windows_of_base64(data):
    """What can be seen of the bytes in the base64 of a longer text, wherever they begin."""
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + data).decode()
        first = -(-offset * 8 // 6)
        last = (offset + len(data)) * 8 // 6
        yield text[first:last]


def encode(pattern, mod):
    """The patterns that a modifier makes of one. What it does is about bytes, kept as latin-1."""
    codec = {'wide': 'utf-16-le', 'utf16le': 'utf-16-le', 'utf16be': 'utf-16-be',
             'utf16': 'utf-16-le'}.get(mod)
    if codec:
        mark = list('\xff\xfe') if mod == 'utf16' else []
        out = mark
        for element in pattern:
            if isinstance(element, str):
                out.extend(element.encode(codec).decode('latin-1'))
            else:
                out.append(element)
        return [out]
    return None


def bytes_of(pattern, is_bytes):
    text = ''.join(pattern)
    return text.encode('latin-1' if is_bytes else 'utf-8')


def patterns_of(mods, node, lists, is_keyword):
    whole = whole_number(node)
    if whole is not None and not set(mods) - {'all', 'neq'}:
        patterns = [list(str(whole))]
    else:
        patterns = [parse_pattern(node.value)]
    placed = is_bytes = False
    for mod in mods:
        if mod == 'expand':
            patterns = [e for p in patterns for e in expand_all(p, lists)]
        elif mod == 'windash':
            patterns = [loosen_dashes(p) for p in patterns]
        elif mod in ('wide', 'utf16le', 'utf16be', 'utf16'):
            patterns = [e for p in patterns for e in encode(p, mod)]
            is_bytes = True
        elif mod == 'base64':
            patterns = [list(base64.b64encode(bytes_of(p, is_bytes)).decode()) for p in patterns]
        elif mod == 'base64offset':
            patterns = [list(w) for p in patterns
                        for w in windows_of_base64(bytes_of(p, is_bytes))]
        elif mod in ('contains', 'startswith', 'endswith'):
            placed = True
            before = [ANY] if mod != 'startswith' else []
            after = [ANY] if mod != 'endswith' else []
            patterns = [before + p + after for p in patterns]
    if is_keyword and not placed:
        patterns = [[ANY] + p + [ANY] for p in patterns]
    return patterns


def choice_patterns(mods, node, lists, is_keyword):
    cased = 'cased' in mods
    compiled = [regex_of(p, cased) for p in patterns_of(mods, node, lists, is_keyword)]

    def holds(value):
        text = text_of(value) if cased else fold(text_of(value))
        return any(c.fullmatch(text) for c in compiled)
    return some(holds)


def choice_of(mods, node, lists, is_keyword):
    if is_null(node):
        return lambda record, values: not values
    if 're' in mods:
        return choice_regex(mods, node)
    if 'exists' in mods:
        wanted = node.value.lower() == 'true'
        return lambda record, values: bool(values) == wanted
    if 'cidr' in mods:
        return choice_network(node)
    if 'fieldref' in mods:
        return choice_reference(mods, node)
    for mod in mods:
        if mod in COMPARE:
            return choice_number(COMPARE[mod], node)
        if mod in PARTS:
            return choice_part(mod, node)
    return choice_patterns(mods, node, lists, is_keyword)


# ---- selections ----

def item_of(key, node, lists):
    """A function record → bool."""
    field, *mods = (key or '').split('|')
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    choices = [choice_of(mods, n, lists, not field) for n in nodes]
    together = all if 'all' in mods and choices else any

    def holds(record):
        if field:
            values = values_of(record, field)
        else:
            values = [v for name in record for v in values_of(record, name)]
        if 'neq' in mods and not values:
            return False
        return together(c(record, values) for c in choices) != ('neq' in mods)
    return holds


def selection_of(node, lists):
    if isinstance(node, yaml.MappingNode):
        items = [item_of(k.value, v, lists) for k, v in node.value]
        return lambda record: all(i(record) for i in items)
    if isinstance(node, yaml.SequenceNode) and not all(
            isinstance(n, yaml.ScalarNode) for n in node.value):
        entries = [selection_of(n, lists) for n in node.value]
        return lambda record: any(e(record) for e in entries)
    return item_of(None, node, lists)


# ---- conditions ----

class Condition:
    """`or` binds less than `and`, `and` less than `not`."""

    def __init__(self, text, selections):
        self.words = re.findall(r'[()]|[^\s()]+', text)
        self.selections = selections

    def peek(self, ahead=0):
        return self.words[ahead].lower() if ahead < len(self.words) else ''

    def level(self, binding=0):
        if binding == 2:
            return self.unary()
        word, join = (('or', any), ('and', all))[binding]
        parts = [self.level(binding + 1)]
        while self.peek() == word:
            self.words.pop(0)
            parts.append(self.level(binding + 1))
        return lambda record: join([p(record) for p in parts])

    def unary(self):
        if self.peek(1) == 'of':
            return self.many()
        word = self.words.pop(0)
        if word == '(':
            inner = self.level()
            assert self.words.pop(0) == ')'
            return inner
        if word.lower() == 'not':
            inner = self.unary()
            return lambda record: not inner(record)
        return self.selections[word]

    def many(self):
        quantity, _, pattern = self.words[:3]
        del self.words[:3]
        if pattern.lower() == 'them':
            pattern = '*'
        shape = re.compile('.*'.join(map(re.escape, pattern.split('*'))), re.S)
        chosen = [s for name, s in self.selections.items() if shape.fullmatch(name)
                  and (not name.startswith('_') or pattern.startswith('_'))]
        least = {'all': len(chosen), 'any': 1}.get(quantity.lower())
        if least is None:
            least = int(quantity)
        return lambda record: sum(s(record) for s in chosen) >= least


class Rule:
    def __init__(self, document, lists):
        top = {k.value: v for k, v in document.value}
        detection = {k.value: v for k, v in top['detection'].value}
        conditions = detection.pop('condition')
        detection.pop('timeframe', None)
        self.name = top['name'].value
        selections = {k: selection_of(v, lists) for k, v in detection.items()}
        nodes = conditions.value if isinstance(conditions, yaml.SequenceNode) else [conditions]
        self.conditions = [Condition(n.value, selections).level() for n in nodes]

    def matches(self, record):
        return any(c(record) for c in self.conditions)


def read_list(path):
    with open(path, encoding='utf-8') as file:
        lines = [line.strip() for line in file]
    return [line for line in lines if line and not line.startswith('#')]


def small_int(text):
    number = int(text)
    return number if -2 ** 63 <= number < 2 ** 63 else text


def main(args):
    lists = {}
    while args[0] == '--list':
        name, path = args[1].split('=', 1)
        lists[name] = read_list(path)
        args = args[2:]
    with open(args[0], encoding='utf-8') as file:
        rules = [Rule(d, lists) for d in yaml.compose_all(file, Loader=yaml.BaseLoader)]
    with open(args[1], encoding='utf-8') as file:
        for line in file:
            record = json.loads(line, parse_int=small_int, parse_float=str)
            print(' '.join(r.name for r in rules if r.matches(record)))


if __name__ == '__main__':
    main(sys.argv[1:])
