import test from 'node:test';
import assert from 'node:assert/strict';
import { ascending, check, isProse, print, read } from '../../assets/js/text.js';

test('prose: length in bytes, NFC, no end space, none of the forbidden characters', () => {
  for (const good of ['a', 'Dinas  Pendidikan', 'é', 'naïve – “ya”', '山', '😀']) assert.ok(isProse(good, 400), good);
  for (const bad of ['', ' a', 'a ', 'e\u0301', 'a\tb', 'a\nb', 'a\u00a0b', '\u00ad', 'a\u061cb', '\u1680', '\u180e', 'a\u2000b', '\u200b', '\u200f',
    'a\u2028b', 'a\u202eb', '\u202f', '\u2060', '\u206f', '\u3000', '\ud800', '\ue000', '\uf8ff', '\ufe0f', '\ufeff', '\ufff9', '\uffff',
    '\u{e0001}', '\u{10ffff}', 'a\x7fb', 'a\0b']) assert.ok(!isProse(bad, 400), JSON.stringify(bad));
  assert.ok(isProse('é'.repeat(5), 10) && !isProse('é'.repeat(5), 9));
});

test('a text is read only in the form in which it prints', () => {
  const grammar = 'election:id note?:prose9 off*2:hex+reason';
  const off = `${'0'.repeat(64)} left`;
  const text = `x/v1\nelection a\nnote b c\noff ${off}\n`;
  assert.deepEqual(read(text, 'x/v1', grammar), { election: 'a', note: 'b c', off: [off] });
  assert.equal(print('x/v1', read(text, 'x/v1', grammar), grammar), text);
  assert.deepEqual(read('x/v1\nelection a\n', 'x/v1', grammar), { election: 'a', off: [] });
  for (const bad of [text.slice(0, -1), text + '\n', text.replace(' b c', '  b c'), text.replace('b c', 'b c '), text.replace('\n', '\r\n'),
    text.replace('election a\n', ''), text.replace('x/v1', 'x/v2'), 'x/v1 \n' + text.slice(5), text + `off ${off}\n`.repeat(2),
    text + 'more 1\n', text.replace('note', 'Note'), text.replace('left', 'left '), text.replace('left', 'gone')])
    assert.throws(() => read(bad, 'x/v1', grammar), JSON.stringify(bad));
});

test('types', () => {
  const key = 'AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  for (const [type, ...good] of [['id', 'a', '0-a', 'a'.repeat(63)], ['minute', '0', '60'], ['origin', 'ikrar.test/log'], ['zone', 'Asia/Jakarta'],
    ['roles', 'hr', 'auditor,hr', 'auditor,examiner,hr,operator,unit_head', 'unit_head'], ['end', 'none', 'hr'],
    ['vkey', 'example.com/foo+530d903a+' + key], ['date', '2030-02-28'], ['num+key', '3 ' + key.slice(0, 43).replace(/.$/, 'k') + '=']])
    for (const value of good) assert.equal(check(type, value), value);
  for (const [type, ...bad] of [['id', '', '-a', 'A', 'a_b', 'a'.repeat(64), 'a\n'], ['minute', '61', '-60', ''], ['origin', '', 'A', 'a'.repeat(129)],
    ['roles', '', 'none', 'hr,auditor', 'hr,hr', ',hr', 'hr,', 'auditor,,hr', 'auditorhr', 'boss'], ['end', ''], ['date', '2030-02-30', '2030-2-1', 'x'],
    ['hex', 'AB'.repeat(32), 'ab'], ['nonce', 'ab'.repeat(32)], ['vkey', '', 'a b+530d903a+AA==', 'é+530d903a+AA=='],
    ['num+num', '1', '1 ', ' 1', '1  2', '1 2 3'], ['key', 'AA=='], ['b64', '']])
    for (const value of bad) assert.throws(() => check(type, value), `${type} ${value}`);
});

test('ascending is strict and compares keys by their bytes', () => {
  assert.ok(ascending([]) && ascending(['a x', 'b a']));
  assert.ok(!ascending(['a', 'a']) && !ascending(['b', 'a']));
  const low = btoa('\x00'.repeat(32)), high = btoa('\xff'.repeat(32)); // "A..." and "//...": the text order is the other way round
  assert.ok(high < low && ascending([low, high]) && !ascending([high, low]));
});
