// A proof file (C2SP tlog-proof with our receipt in `extra`), checked row by row. No network, no page: values in, rows out.
// What one proof cannot show (pact in force, on the roster, first signature, not voided) needs the whole log: an audit.
import { fail, num, unb64, unutf8 } from './encoding.js';
import { leaf } from './hash.js';
import { included } from './tree.js';
import { openNote, parseCheckpoint, parseVkey } from './note.js';
import { supported, verify as verifies } from './ed25519.js';
import { readEntry } from './entry.js';
import { readStatement } from './statement.js';
import { opens } from './opening.js';

const RECEIPT = 'ikrar/receipt/v1\n';

export function readProof(text) {
  const end = text.indexOf('\n\n'), lines = text.slice(0, end).split('\n'), note = text.slice(end + 2);
  if (end < 0 || lines.shift() !== 'c2sp.org/tlog-proof@v1') fail('proof');
  const extra = lines[0]?.startsWith('extra ') ? unb64(lines.shift().slice(6)) : null;
  const index = num(/^index (.+)$/.exec(lines.shift())?.[1]);
  const hashes = lines.map(unb64);
  if (hashes.length > 63 || hashes.some(h => h.length !== 32)) fail('proof hash');
  return { extra, index, hashes, note, checkpoint: parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1)) };
}

export function readReceipt(extra) {
  const text = unutf8(extra ?? fail('no receipt'));
  return text.startsWith(RECEIPT) ? text.slice(RECEIPT.length) : fail('receipt');
}

// { verdict, rows: [{ check, outcome, detail }], facts }. `vkeys`: texts, the log's first, then witnesses'.
export async function verify(file, vkeys = [], opening = null) {
  const rows = [], facts = {};
  if (!globalThis.crypto?.subtle) return { verdict: 'unknown', rows, facts }; // a page without https cannot even hash
  // A check answers true (valid), false (invalid), or 'unknown: why'; throwing is invalid.
  const row = async (check, test) => {
    let answer, detail = '';
    try { answer = await test(); } catch (e) { answer = false; detail = e.message; }
    if (typeof answer === 'string') { detail = answer; answer = undefined; }
    rows.push({ check, outcome: answer === undefined ? 'unknown' : answer ? 'valid' : 'invalid', detail });
    return answer === true;
  };
  let proof, text, entry, statement;
  if (await row('format', () => {
    proof = readProof(file);
    text = readReceipt(proof.extra);
    entry = readEntry(text);
    const { origin, size } = proof.checkpoint;
    Object.assign(facts, { origin, size: String(size), index: String(proof.index), kind: entry.kind, at: entry.at });
    return true;
  })) {
    const able = await supported() || 'no Ed25519 in this browser', signed = entry.kind === 'signature';
    const [log, ...witnesses] = await Promise.all(vkeys.map(v => parseVkey(v).catch(() => null)));
    let note;
    await row('checkpoint', async () => {
      if (!vkeys.length) return 'no vkey given';
      if (!log || log.type !== 1 || witnesses.includes(null)) fail('vkey');
      if (able !== true) return able;
      note = await openNote(proof.note, [log, ...witnesses]);
      return note.by.has(log) && log.name === proof.checkpoint.origin;
    });
    if (witnesses.length) await row('witnesses', () => {
      const times = [...note?.times.values() ?? []];
      if (times.length < witnesses.length) return `${times.length} of ${witnesses.length}`;
      facts.before = String(times.reduce((a, b) => a > b ? a : b)); // by then the last of them had seen it
      return true;
    });
    await row('inclusion', async () =>
      included(await leaf(text), proof.index, proof.checkpoint.size, proof.hashes, proof.checkpoint.root));
    await row('statement', () => {
      if (!signed) return 'entry of kind ' + entry.kind;
      statement = readStatement(unb64(entry.statement));
      const size = num(statement.after.split(' ')[0]);
      return statement.origin === proof.checkpoint.origin && statement.election === entry.election && size >= 1n && size <= proof.index;
    });
    await row('signature', () => !signed ? 'entry of kind ' + entry.kind : !statement ? fail('statement')
      : able !== true ? able : verifies(unb64(statement.key), unb64(entry.signature), unb64(entry.statement)));
    if (statement) Object.assign(facts, statement);
    if (opening) {
      const opened = await row('opening', () => statement ? opens(opening, statement) : false);
      for (const [field, { value }] of Object.entries(opening.fields)) if (opened && value) facts[field] = value;
    }
  }
  const has = outcome => rows.some(r => r.outcome === outcome);
  return { verdict: has('invalid') ? 'invalid' : has('unknown') ? 'unknown' : 'valid', rows, facts };
}
