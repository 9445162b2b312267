// A person's private opening: the file, and the fragment of a receipt's QR code (docs/format.md, 6).
import { fail, hex, unb64url, unhex, unutf8 } from './encoding.js';
import { FIELDS, commit, digest, label } from './statement.js';
import { check, isProse, read } from './text.js';

// { origin, election, label, person?, fields: { name: { salt, value } or { digest } } }
export function readOpening(text) {
  const lines = text.split('\n');
  const opening = read([...lines.splice(0, lines.length - 5), ''].join('\n'), 'ikrar/opening/v1',
    'origin:origin election:id label:hex person?:nip+hex');
  const fields = {};
  if (lines.pop() !== '') fail('opening');
  FIELDS.forEach((field, i) => {
    const [how, name, word] = lines[i].split(' '), rest = lines[i].slice(how.length + 1);
    if (name !== field) fail('opening');
    if (how === 'digest' && check('field+hex', rest)) fields[field] = { digest: word };
    else if (how === 'field' && check('field+hex+prose400', rest)) fields[field] = { salt: word, value: rest.slice(name.length + 66) };
    else fail('opening');
  });
  return { ...opening, fields };
}

// `#o1.A.name.unit`
export function readFragment(fragment) {
  const [version, ...parts] = fragment.replace(/^#/, '').split('.');
  if (version !== 'o1' || parts.length !== 3) fail('fragment');
  const [a, name, unit] = parts.map(unb64url);
  const [nip, position, nameSalt, unitSalt] = a.length === 128 ? hex(a).match(/.{64}/g) : fail('fragment');
  return { fields: {
    nip: { digest: nip }, name: { salt: nameSalt, value: unutf8(name) },
    unit: { salt: unitSalt, value: unutf8(unit) }, position: { digest: position },
  } };
}

// Whether an opening belongs to a statement.
export async function opens(opening, statement) {
  const digests = {}, { person, fields } = opening;
  if (['origin', 'election', 'label'].some(key => opening[key] && opening[key] !== statement[key])) return false;
  if (person) {
    const [nip, salt] = person.split(' ');
    if (await label(unhex(salt), statement.origin, statement.election, nip) !== statement.label) return false;
    if (fields.nip.value && fields.nip.value !== nip) return false;
  }
  for (const field of FIELDS) {
    const { salt, value } = fields[field];
    if (salt && !isProse(value, 400)) return false;
    digests[field] = salt ? await digest(unhex(salt), field, value) : fields[field].digest;
  }
  return await commit(statement.label, digests) === statement.commit;
}
