// The signing page. Rebuilds the pact from the text on the screen, refuses when it is not the pact named, makes a key, signs,
// forgets the key, and submits the form. The server never gives bytes to sign. Contract: README.md.
import { b64, hex, unhex, utf8 } from './encoding.js';
import { sha256 } from './hash.js';
import { FIELDS, commit, digest, label, pactText, statementText } from './statement.js';
import { generate, publicKey, sign, supported } from './ed25519.js';
import { onSubmit, shownOnce, shownPact } from './form.js';
import { one, state } from './page.js';

const KEPT = 'ikrar:sign';
const form = one('form[data-sign]');
const { origin, election, pact, pactVersion, language, labelSalt, afterSize, afterRoot, method, label: named } = form.dataset;
const need = (name, test) => test().catch(() => false).then(good => { if (!good) throw new Error(name); });

async function build() {
  const person = {};
  await need('text', async () => {
    for (const field of FIELDS) person[field] = shownOnce(`[data-field="${field}"]`);
    return hex(await sha256(pactText({ election, version: pactVersion, language, ...shownPact() }))) === pact;
  });
  await need('label', async () => await label(unhex(labelSalt), origin, election, person.nip) === named);

  const statement = async (salts, key, after) => {
    const digests = {};
    for (const field of FIELDS) digests[field] = await digest(unhex(salts['salt_' + field]), field, person[field]);
    return statementText({ origin, election, pact, label: named, commit: await commit(named, digests), key, method, after });
  };
  // A second try after a network failure sends the same bytes.
  try {
    const { key, after, sent } = JSON.parse(sessionStorage.getItem(KEPT));
    if (!('fresh' in form.dataset) && b64(utf8(await statement(sent, key, after))) === sent.statement) return sent;
  } catch { /* nothing kept, or for something else */ }

  const salts = Object.fromEntries(FIELDS.map(f => ['salt_' + f, hex(crypto.getRandomValues(new Uint8Array(32)))]));
  const pair = await generate(), key = b64(await publicKey(pair)), after = `${afterSize} ${afterRoot}`;
  const text = await statement(salts, key, after);
  const sent = { statement: b64(utf8(text)), signature: b64(await sign(pair, text)), ...salts };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ key, after, sent }));
    localStorage.setItem('ikrar:' + named, `${localStorage.getItem('ikrar:' + named) ?? ''} ${key}`);
  } catch { /* no storage: a retry makes a new key, and the receipt page cannot say whose key it is */ }
  return sent;
}

if (await supported()) onSubmit(form, build);
else state(form, 'unsupported');
