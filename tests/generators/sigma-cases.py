#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Random Sigma rules and flat records that nearly match them.

    sigma-cases.py REFERENCE SEED RULES RECORDS FOLDER

Writes rules.yml, records.jsonl, names.txt (a list of placeholders) and
table.yml into FOLDER. REFERENCE is tests/lib/sigma-reference.py: its reading of
patterns serves to make values that fit. Each record is made from one rule: of
its selections some are met, then something is changed that often matters (a
letter's case, a first or last character, a dash, a bound by one). The same
seed gives the same files.
"""
import base64
import importlib.util
import ipaddress
import os
import random
import sys

TOKENS = ['cmd.exe', 'PowerShell', '-enc', '/c', 'C:\\Windows\\', '\\Temp', 'a', 'ab', 'x.y', '日本語',
          'ＡＢＣ', 'ｆｕｌｌ', 'Ärger', 'Straße', 'ΣΑΣ', 'skip', '50%', '-', '--flag', 'net user', '"q"',
          'ﾊﾝｶｸ', 'Кириллица', '😀', '4688', 'it\'s', 'É', '{b}', '(c)', '[d]', 'k=v', '$e', '^f', '+', '.']
TEXTS = ['Image', 'CommandLine', 'Parent', 'User', 'Other']
CHAINS = ['', '', '', 'contains', 'contains', 'startswith', 'endswith', 'startswith', 'endswith',
          'contains|all', 'all', 'cased', 'cased|contains', 'startswith|cased', 'endswith|cased', 'windash',
          'windash', 'windash|contains', 'contains|windash', 'windash|contains|all', 'neq', 'contains|neq',
          'endswith|neq', 'expand', 'expand|contains', 'contains|expand']
BYTES = ['base64', 'base64|contains', 'base64offset|contains', 'base64offset|contains',
         'base64offset|contains|all', 'wide', 'wide|contains', 'utf16le|startswith', 'utf16be|contains',
         'utf16|base64offset|contains', 'wide|base64offset|contains', 'wide|base64',
         'cased|base64offset|contains', 'utf16le|base64offset|contains', 'utf16be|base64offset|contains']
NETWORKS = ['10.0.0.0/8', '192.168.1.128/25', '172.16.0.0/12', '203.0.113.7/32', '198.51.100.6/31', '0.0.0.0/0',
            '192.168.77.33/27', '203.0.113.9', '2001:db8::/33', 'fe80::/10', '::1/128', '::/0', '2001:db8:1::/48']
LIST = ['admin', 'root*', 'サーバ', 'svc?']
FULL = {chr(c): chr(c + 0xfee0) for c in range(0x21, 0x7f)}
CASES = {'k': '\u212a', 'K': '\u212a', 's': '\u017f', 'S': '\u017f', 'ß': '\u1e9e', 'Σ': 'ς', 'σ': 'ς', 'ς': 'σ',
         'Ä': 'ä', 'É': 'é', 'И': 'и', 'Ａ': 'ａ', 'ｆ': 'Ｆ', 'å': '\u212b', 'ss': 'ß'}


def load(path):
    spec = importlib.util.spec_from_file_location('reference', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- how rules write scalars ----

def quoted(text):
    if any(ord(c) < 0x20 for c in text):
        return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n').replace('\t', '\\t') + '"'
    return "'" + text.replace("'", "''") + "'"


class Cases:
    def __init__(self, reference, seed):
        self.reference = reference
        self.dice = random.Random(seed)

    def one(self, items):
        return self.dice.choice(items)

    def chance(self, share):
        return self.dice.random() < share

    # ---- values ----

    def text(self, wildcards=True, least=1):
        parts = []
        for _ in range(self.dice.randint(least, 3)):
            parts.append(self.one(TOKENS))
            if wildcards and self.chance(0.35):
                parts.append(self.one(['*', '?', '*', '??', '\\*', '\\?', '\\\\', '\\\\*', '*?', '**', '\n']))
        if wildcards and self.chance(0.15):
            parts.insert(0, self.one(['*', '?', '\\*']))
        return ''.join(parts)

    def cases(self, char):
        if self.chance(0.2):
            return CASES.get(char, char.swapcase() if len(char.swapcase()) == 1 else char)
        return char

    def fill(self, pattern):
        """A text that the pattern fits."""
        out = []
        for element in pattern:
            if element is self.reference.ANY:
                out.append(self.one(['', 'x', 'a\nb', '語', self.one(TOKENS)]))
            elif element is self.reference.ONE:
                out.append(self.one(['x', '語', '\n', '😀', 'é', '', 'xy'] if self.chance(0.3) else ['x', '語', '\n', '😀']))
            elif isinstance(element, frozenset):
                out.append(self.one(sorted(element)))
            else:
                out.append(self.cases(element))
        return ''.join(out)

    def nudge(self, text):
        """Something that often matters."""
        at = self.dice.randrange(len(text) + 1)
        change = self.dice.randrange(14)
        if change == 0:
            return text[1:]
        if change == 1:
            return text[:-1]
        if change == 2:
            return text + self.one(['x', ' ', '\n', '\\'])
        if change == 3:
            return self.one(['x', ' ', '\\', '語']) + text
        if change == 4:
            return text[:at] + self.one(['x', '*', '?', '\\', '']) + text[at + 1:]
        if change == 5:
            return text.upper()
        if change == 6:
            return text.lower()
        if change == 7:
            return ''.join(FULL.get(c, c) if i == at else c for i, c in enumerate(text))
        if change == 8:
            return text.replace('\\', '\\\\')
        if change == 9:
            dash = self.one('-/\u2012\u2013\u2014\u2015')
            return ''.join(dash if c in '-/\u2013\u2014\u2015' else c for c in text)
        if change == 10:
            return text.replace('\\', '/') if self.chance(0.5) else text.replace('ß', 'ss')
        if change == 11:
            return self.one(TOKENS) + text + self.one(TOKENS)
        if change == 12:
            return text[:at] + text[at + 1:]
        return text + text

    # ---- items: (key, values as written, a function that makes a value that fits) ----

    def item_text(self, field):
        chain = self.one(CHAINS)
        values = [self.text() for _ in range(self.one([1, 1, 2, 3]))]
        if 'expand' in chain:
            values = [self.one(['%names%', 'x%names%', '%names%\\y', 'a*%names%']) for _ in values]
        if 'windash' in chain:
            values = [self.one(['', 'cmd', 'cmd ', '*']) + self.one(['-enc', '/c', ' -a -b', '--flag', 'x-y', '-', '–a',
                                                                     '/q/s', '-日', '- a', '-_']) for _ in values]
        written = [quoted(v) for v in values]
        if chain in ('', 'neq', 'all') and self.chance(0.25):
            number, form = self.one([('4688', '4688'), ('23', '0x17'), ('true', 'true'), ('-7', '-7'), ('7', '+7'),
                                     ('1.50', '1.50'), ('', "''"), (None, 'null'), ('8', '0o10'), ('08', '"08"')])
            values.append(number)
            written.append(form)
        fills = self.fillers(chain.split('|') if chain else [], [v for v in values if v is not None])
        if None in values:
            fills.append(lambda: self.one([None, '']))
        return self.made(field, chain, written, fills)

    def fillers(self, mods, values):
        patterns = []
        for value in values:
            node = self.reference.yaml.ScalarNode('', value, style="'")
            patterns += self.reference.patterns_of(mods, node, {'names': LIST}, False)
        return [lambda p=p: self.fill(p) for p in patterns]

    def item_bytes(self, field):
        chain = self.one(BYTES)
        plain = 'base64' not in chain
        values = []
        for _ in range(self.one([1, 1, 2])):
            text = self.text(wildcards=plain and self.chance(0.3), least=2)
            values.append(text if not plain else ''.join(c for c in text if c < '\x7f') + 'w')
        if not plain:
            values = [v.replace('\\*', '\\').replace('*', '').replace('?', '') + 'zz' for v in values]
        fills = self.fillers(chain.split('|'), values)
        if 'base64' in chain:
            fills += [lambda v=v: self.encoded(v, chain) for v in values] * 2
        return self.made(field, chain, [quoted(v) for v in values], fills)

    def encoded(self, value, chain):
        codec = {'wide': 'utf-16-le', 'utf16le': 'utf-16-le', 'utf16': 'utf-16-le',
                 'utf16be': 'utf-16-be'}.get(chain.replace('cased|', '').split('|')[0], 'utf-8')
        text = ''.join(self.reference.parse_pattern(value))
        data = text.encode(codec)
        data = (b'\xff\xfe' if chain.startswith('utf16|') else b'') + data
        around = [os.urandom(0)] + [bytes([65 + i]) * i for i in (1, 2, 3)]
        if 'offset' in chain:
            data = self.one(around) + data + self.one(around)
        return base64.b64encode(data).decode()

    def item_regex(self, field):
        pieces = [('a+', 'aa'), ('[0-9]{2,3}', '42'), ('(cmd|ab)', 'ab'), ('.', 'x'), ('.*', 'a b'), ('\\.', '.'),
                  ('x?y', 'y'), ('[A-F]', 'C'), ('Power', 'Power'), ('語', '語'), ('[^a-z]', '-'), ('\\\\', '\\'),
                  ('É', 'É'), ('\\n', '\n'), ('(?:k|v)=', 'k='), ('.', '\n'), ('sk', 'sk')]
        chosen = [self.one(pieces) for _ in range(self.dice.randint(1, 4))]
        regex = ''.join(p for p, _ in chosen)
        if self.chance(0.3):
            regex = '^' + regex
        if self.chance(0.3):
            regex += '$'
        chain = self.one(['re', 're', 're|i', 're|m', 're|s', 're|i|s', 're|m|i', 're|neq'])
        text = ''.join(w for _, w in chosen)
        return self.made(field, chain, [quoted(regex)],
                         [lambda: text, lambda: ''.join(map(self.cases, text)), lambda: 'q\n' + text + '\nq'])

    def item_number(self):
        number = self.one([0, 1, 5, 100, 1024, -3, 2 ** 53 + 1, 2 ** 63 - 1, 2.5, -0.5, 99.999])
        chain = self.one(['lt', 'lte', 'gt', 'gte'])
        near = [number, number + 1, number - 1, str(number), f'{number}.0', f'+{number}', f'0{number}', f'{number} ',
                number + 0.5, f'{number}x', number * 2, f'{number}e0', True, 'NaN', '', '-', '.5', '5.']
        return self.made('Port', chain, [repr(number)], [lambda: self.one(near), lambda: self.one(near[:6])])

    def item_network(self):
        networks = [self.one(NETWORKS) for _ in range(self.one([1, 1, 2]))]

        def near():
            network = ipaddress.ip_network(self.one(networks), strict=False)
            first, last = int(network[0]), int(network[-1])
            address = self.one([first, last, first - 1, last + 1, self.dice.randint(first, last)])
            make = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
            return str(make(max(0, min(address, 2 ** network.max_prefixlen - 1))))

        def odd():
            return self.one(['::ffff:10.1.2.3', 'fe80::1%eth0', '10.0.0.256', '10.0.0', ' 10.0.0.1', '', '10.0.0.1/8',
                             '01.2.3.4', 'FE80::ABCD', '2001:DB8:0:0:0:0:0:1', '::10.1.2.3', 'fe80::1%', 'fe80::1%a%b', '10.1.2.3%eth0', '::ffff:10.1.2.3%1'])
        return self.made('Address', self.one(['cidr', 'cidr', 'cidr', 'cidr|neq']), [quoted(n) for n in networks],
                         [near, near, near, odd])

    def item_time(self):
        part, number = self.one([('minute', 59), ('minute', 0), ('hour', 23), ('hour', 3), ('day', 31), ('day', 1),
                                 ('week', 53), ('week', 1), ('month', 12), ('month', 1), ('year', 2026), ('year', 2027)])
        near = ['2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z', '2027-01-01T08:59:00+09:00', '2026-12-31 23:59:00',
                '2026-12-31T15:00:00.123-09:00', 1798761599, '1798761600', 1798761600000, '2026-02-30T00:00:00Z',
                '2026-01-01T03:00:00z', 'now', '2026-12-31', '2020-12-31T23:59:59Z', '2026-03-31T03:59:01+00:30', 0]
        return self.made('Time', part, [str(number)], [lambda: self.one(near)])

    def item_reference(self, field):
        other = self.one([f for f in TEXTS if f != field])
        chain = 'fieldref' + self.one(['', '', '|contains', '|startswith', '|endswith', '|neq', '|cased'])
        return self.made(field, chain, [quoted(other)], [lambda: ('ref', other)])

    def item_exists(self, field):
        flag = self.one(['true', 'false', 'True'])
        return self.made(field, 'exists', [flag], [lambda: self.one([None, '', 'x', self.one(TOKENS)])])

    def item_null(self, field):
        """Nothing is not the empty text."""
        written = self.one([['null'], ['null'], ["''"], ['~', "'x'"], ["''", 'null']])
        return self.made(field, self.one(['', '', 'neq']), written, [lambda: self.one([None, '', '', [''], [None], []])])

    def made(self, field, chain, written, fills):
        key = field + ('|' + chain if chain else '')
        return {'key': key, 'field': field, 'values': written, 'fills': fills, 'all': 'all' in chain.split('|')}

    def item(self):
        field = self.one(TEXTS)
        roll = self.dice.random()
        if roll < 0.50:
            return self.item_text(field)
        if roll < 0.62:
            return self.item_bytes(field)
        if roll < 0.70:
            return self.item_regex(field)
        if roll < 0.78:
            return self.item_number()
        if roll < 0.85:
            return self.item_network()
        if roll < 0.88:
            return self.item_time()
        if roll < 0.94:
            return self.item_reference(field)
        if roll < 0.97:
            return self.item_exists(field)
        if roll < 0.995:
            return self.item_null(field)
        return self.made(field, '', [], [lambda: self.one(TOKENS)])

    # ---- selections and conditions ----

    def selection_map(self, indent):
        items, lines = {}, []
        for _ in range(self.one([1, 1, 2, 2, 3])):
            item = self.item()
            items.setdefault(item['key'], item)
        for item in items.values():
            if len(item['values']) == 1 and self.chance(0.7):
                lines.append(f"{indent}{quoted(item['key'])}: {item['values'][0]}")
            else:
                lines.append(f"{indent}{quoted(item['key'])}: [" + ', '.join(item['values']) + ']')
        return lines, list(items.values())

    def selection_keywords(self, indent):
        words = [self.text() for _ in range(self.dice.randint(1, 3))]
        words = [w if w.strip('*') else w + 'a' for w in words]
        chain = self.one(['', '', '|all', '|contains', '|startswith', '|cased', '|re'])
        if chain == '|re':
            words = ['Power.h', '[0-9]+8$'][:len(words)]
        fills = self.fillers([m for m in chain.split('|') if m and m != 're'], words)
        item = self.made(self.one(TEXTS), chain, [quoted(w) for w in words], fills)
        if chain == '':
            return [f'{indent}- {quoted(w)}' for w in words], [item]
        return [f"{indent}{quoted(chain)}: [" + ', '.join(map(quoted, words)) + ']'], [item]

    def selection(self, indent):
        roll = self.dice.random()
        if roll < 0.12:
            return self.selection_keywords(indent)
        if roll < 0.28:
            lines, items = [], []
            for _ in range(self.dice.randint(2, 3)):
                more, some = self.selection_map(indent + '  ')
                more[0] = indent + '- ' + more[0][len(indent) + 2:]
                lines += more
                items.append(some)
            return lines, self.one(items) + self.one(items)
        return self.selection_map(indent)

    def term(self, names, depth):
        roll = self.dice.random()
        if depth > 0 and roll < 0.3:
            return '(' + self.expression(names, depth - 1) + ')'
        if roll < 0.4:
            return self.one(['not ', 'NOT ']) + self.term(names, depth)
        if roll < 0.6:
            return self.many(names)
        return self.one(names)

    def many(self, names):
        pattern = self.one(['them', 'sel_*', '_*', '*', 'f*r', '*_a', 'Them'])
        shown = '*' if pattern.lower() == 'them' else pattern
        chosen = [n for n in names if self.reference.re.fullmatch(shown.replace('*', '.*'), n)
                  and (n[0] != '_' or shown[0] == '_')]
        if not chosen:
            return names[0]
        quantity = self.one(['all', 'any', '1', str(self.dice.randint(1, len(chosen))), str(max(1, len(chosen) - 1))])
        return f"{quantity} {self.one(['of', 'OF'])} {pattern}"

    def expression(self, names, depth):
        words = self.term(names, depth)
        for _ in range(self.one([0, 0, 1, 1, 2])):
            words += self.one([' and ', ' or ', ' AND ', ' Or ']) + self.term(names, depth)
        return words

    def rule(self, number):
        names = ['sel_a', 'sel_b', 'sel_c', '_hidden', 'filter', 'other_a']
        self.dice.shuffle(names)
        names = names[:self.one([1, 2, 2, 3, 4])]
        lines, items = [], []
        for name in names:
            more, some = self.selection('    ')
            lines += [f'  {name}:'] + more
            items.append(some)
        if len(names) >= 2 and self.chance(0.35):
            condition = self.one([f'{names[0]} and not {names[1]}', f'{names[0]} and {names[1]}',
                                  f'not {names[1]} and {names[0]}', f'{names[0]} and not 1 of {names[1]}*'])
        else:
            condition = self.expression(names, 2)
        if self.chance(0.05):
            condition = [condition, names[-1]]
        head = [f'title: Rule {number}', f'name: r{number}', f'id: 00000000-0000-4000-8000-{number:012d}',
                'logsource: {product: test}', 'level: low', 'detection:']
        conditions = condition if isinstance(condition, list) else [condition]
        shown = [f'  condition: {quoted(conditions[0])}'] if len(conditions) == 1 else \
            ['  condition:'] + [f'    - {quoted(c)}' for c in conditions]
        return '\n'.join(head + lines + shown) + '\n', items

    # ---- records ----

    def value_for(self, item, record):
        value = self.one(item['fills'])()
        if isinstance(value, tuple):
            other = record.setdefault(value[1], self.one(TOKENS))
            other = self.one(other) if isinstance(other, list) and other else other
            value = ''.join(map(self.cases, str(other))) if other is not None else 'x'
            value = self.one([value, value, 'x' + value, value + 'x', value[:-1]])
        if isinstance(value, str) and value != '' and self.chance(0.3):
            value = self.nudge(value)
        return value

    def fit(self, item, record):
        """The field gets what the item asks for, often with something beside it."""
        if item['all'] and len(item['fills']) > 1:
            some = [f() for f in item['fills']]
            if self.chance(0.3):
                some.pop()
            record[item['field']] = some if self.chance(0.6) else ''.join(map(str, some))
            return
        value = self.value_for(item, record)
        if self.chance(0.25) and not isinstance(value, list):
            value = [self.one(TOKENS + [None, '', 7])] * self.dice.randint(0, 2) + [value]
            self.dice.shuffle(value)
        record[item['field']] = value

    def record(self, items):
        record = {}
        for field in TEXTS:
            if self.chance(0.25):
                record[field] = self.one(TOKENS + ['', None, [], 'cmd.exe -enc', True, 23])
        if self.chance(0.3):
            record['Unread'] = self.one(TOKENS + [4688])
        for selection in items:
            if self.chance(0.75):
                for item in selection:
                    if self.chance(0.93):
                        self.fit(item, record)
        if record and self.chance(0.08):
            record[self.one(sorted(record))] = self.one(['', None])
        return record

    def json_text(self, text):
        """As different writers have it."""
        style = self.dice.randrange(3)
        out = []
        for char in text:
            code = ord(char)
            short = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r'}.get(char)
            if style == 2 and char == '/':
                short = '\\/'
            if short and self.chance(0.9):
                out.append(short)
            elif code < 0x20 or char in '"\\' or (style == 1 and code > 0x7e) or (style == 2 and self.chance(0.1)):
                units = char.encode('utf-16-be').hex()
                out += ['\\u' + units[i:i + 4] for i in range(0, len(units), 4)]
            else:
                out.append(char)
        return '"' + ''.join(out) + '"'

    def json(self, value):
        if isinstance(value, dict):
            return '{' + ','.join(f'"{k}":{self.json(v)}' for k, v in value.items()) + '}'
        if isinstance(value, list):
            return '[' + ','.join(map(self.json, value)) + ']'
        if value is None or isinstance(value, bool):
            return {None: 'null', True: 'true', False: 'false'}[value]
        return self.json_text(value) if isinstance(value, str) else repr(value)


def main(reference, seed, n_rules, n_records, folder):
    cases = Cases(load(reference), int(seed))
    rules = [cases.rule(i) for i in range(int(n_rules))]
    with open(os.path.join(folder, 'rules.yml'), 'w', encoding='utf-8') as file:
        file.write('---\n'.join(text for text, _ in rules))
    with open(os.path.join(folder, 'records.jsonl'), 'w', encoding='utf-8') as file:
        for i in range(int(n_records)):
            file.write(cases.json(cases.record(rules[i % len(rules)][1])) + '\n')
    with open(os.path.join(folder, 'names.txt'), 'w', encoding='utf-8') as file:
        file.write('# whom we know\n' + '\n'.join(LIST) + '\n')
    with open(os.path.join(folder, 'table.yml'), 'w', encoding='utf-8') as file:
        file.write('sources:\n  - {logsource: {product: test}, kind: log.json}\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
