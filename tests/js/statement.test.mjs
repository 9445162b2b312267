import test from 'node:test';
import assert from 'node:assert/strict';
import { utf8 } from '../../assets/js/encoding.js';
import { commit, digest, label, pactText, readPact, readStatement, statementText } from '../../assets/js/statement.js';

const PACT = 'ikrar/pact/v1\nelection pilkada-2030\nversion 1\nlanguage id\ntitle Pakta Integritas\npreamble Saya menyatakan:\n'
  + 'clause 1 Netral.\nclause 2 Tidak memihak.\nclosing Demikian.\n';

test('the pact is built from its parts', () => {
  const parts = { election: 'pilkada-2030', version: '1', language: 'id', title: 'Pakta Integritas', preamble: 'Saya menyatakan:',
    clause: ['Netral.', 'Tidak memihak.'], closing: 'Demikian.' };
  assert.equal(pactText(parts), PACT);
  assert.equal(pactText({ ...parts, closing: undefined }), PACT.replace('closing Demikian.\n', ''));
  for (const bad of [{ clause: [] }, { clause: [''] }, { clause: Array(65).fill('a') }, { clause: Array(20).fill('a'.repeat(4000)) }, { title: 'a\nclause 1 b' },
    { preamble: undefined }, { language: 'fr' }, { version: '0' }, { version: '01' }, { closing: ' ' }])
    assert.throws(() => pactText({ ...parts, ...bad }), JSON.stringify(bad).slice(0, 60));
  assert.throws(() => readPact(PACT.replace('clause 2', 'clause 3')));
});

test('a statement is read only as it prints', () => {
  const zero = '0'.repeat(64), key = btoa('\0'.repeat(32));
  const text = statementText({ origin: 'ikrar.test/log', election: 'a', pact: zero, label: zero, commit: zero, key, method: 'email', after: `1 ${key}` });
  assert.equal(readStatement(utf8(text)).after, `1 ${key}`);
  for (const bad of [text.replace('email', 'sms'), text.replace('after 1', 'after 01'), text + 'x y\n', text.replace('ikrar/statement/v1', 'ikrar/act/v1'),
    '\ufeff' + text, text.replace('election a\n', '')]) assert.throws(() => readStatement(utf8(bad)));
});

// Computed with sha256sum from docs/format.md, section 6; the salt is 32 zero bytes.
test('label, digest and commit', async () => {
  const salt = new Uint8Array(32);
  assert.equal(await label(salt, 'ikrar.test/log', 'a', '198501012010011001'), '268adaef311ceb4a88948f95dc77f121d0b870b6862592d011b091f33e8c11ec');
  assert.equal(await digest(salt, 'name', 'Siti Rahayu'), 'e1168a9c96c94e12f67b295232bf2ce9e9f13b03b38ff2db8ca0f6ea8fc5243f');
  const zero = '0'.repeat(64);
  assert.equal(await commit(zero, { nip: zero, name: zero, unit: zero, position: zero }), '684dc8552e0f779eb716de7711a66282b6a9c3f35f4341d10f439dc0060b5717');
  await assert.rejects(digest(salt, 'name', 'Siti\nRahayu'));
});
