// Texts of `key value` lines (docs/format.md, 1): the types of values, a strict reader, a printer.
// A grammar is `key:type ...`; `?` after the key means optional, `*9` 0 to 9 times, `+9` 1 to 9 times.
// A type `a+b` is two values with a space between. Values stay strings.
import { fail, hex, num, unb64, utf8 } from './encoding.js';

const ROLE = /^(auditor|examiner|hr|operator|unit_head)$/;
const bytes = n => s => unb64(s).length === n;
const upTo = n => s => s && unb64(s).length <= n;
const TYPES = {
  id: /^[a-z0-9][a-z0-9-]{0,62}$/,
  num: s => num(s) >= 0n,
  minute: s => num(s) % 60n === 0n,
  hex: /^[0-9a-f]{64}$/,
  nonce: /^[0-9a-f]{32}$/,
  key: bytes(32),
  sig: bytes(64),
  b64: upTo(32768),
  origin: /^[a-z0-9./_-]{1,128}$/,
  zone: /^[A-Za-z0-9_+/-]{1,64}$/,
  vkey: /^[!-~]{1,4096}$/,
  roles: s => s.split(',').every((role, i, list) => ROLE.test(role) && (!i || list[i - 1] < role)),
  end: s => s === 'none' || TYPES.roles(s),
  date: s => new Date(s).toISOString().slice(0, 10) === s,
  nip: /^\d{18}$/,
  field: /^(nip|name|unit|position)$/,
  method: /^(email|oidc|passkey)$/,
  language: /^(id|en)$/,
  reason: /^(left|not-serving|exempt|error)$/,
  lookup: /^(receipt|counts|register)$/,
  channel: /^(link|authority)$/,
  outcome: /^(upheld|dismissed)$/,
};
const FORBIDDEN = /[\0-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff\u{e0000}-\u{10ffff}]/u;
export const isProse = (s, max) => s !== '' && utf8(s).length <= max && !/^ | $/.test(s) && !FORBIDDEN.test(s) && s.normalize('NFC') === s;

const one = (type, s) => type.startsWith('prose') ? isProse(s, type.slice(5))
  : TYPES[type].test ? TYPES[type].test(s) : TYPES[type](s);
export function check(type, value) {
  const types = type.split('+'), last = types.pop(), words = value.split(' '), first = words.splice(0, types.length);
  return types.every((t, i) => one(t, first[i])) && one(last, words.join(' ')) ? value : fail(type + ' expected');
}

const tokens = grammar => grammar.split(' ').map(token => {
  const [, key, many, max, type] = /^([a-z]+)([?*+]?)(\d*):(.+)$/.exec(token);
  return { key, type, list: !!max, least: many && many !== '+' ? 0 : 1, most: max || 1 };
});

export function read(text, head, grammar) {
  const lines = text.split('\n'), out = {};
  let at = 1;
  if (lines[0] !== head || lines.pop() !== '') fail(head + ' expected');
  for (const { key, type, list, least, most } of tokens(grammar)) {
    const found = [];
    while (found.length < most && lines[at]?.startsWith(key + ' ')) found.push(check(type, lines[at++].slice(key.length + 1)));
    if (found.length < least) fail(key + ' expected');
    if (list || found.length) out[key] = list ? found : found[0];
  }
  return at === lines.length && print(head, out, grammar) === text ? out : fail('more than ' + head);
}

export const print = (head, values, grammar) => head + '\n' + tokens(grammar).map(({ key, type }) =>
  [values[key] ?? []].flat().map(value => `${key} ${check(type, value)}\n`).join('')).join('');

// Strictly ascending by first word; keys by their bytes.
const rank = s => s.includes('=') ? hex(unb64(s.split(' ')[0])) : s.split(' ')[0];
export const ascending = list => list.every((s, i) => !i || rank(list[i - 1]) < rank(s));
