// The QR fragment of docs/format.md §6, made from an opening file a second time, so that the test does not ask the portal.

import { createHash } from "node:crypto";

/** `o1.<A>.<name>.<unit>` of an opening with all four fields open. */
export function fragmentOf(opening) {
  const fields = {};
  for (const line of opening.split("\n")) {
    const [, name, salt, value] = line.match(/^field (\w+) ([0-9a-f]{64}) (.+)$/) ?? [];
    if (name) fields[name] = { salt: Buffer.from(salt, "hex"), value };
  }
  const digest = (name) =>
    createHash("sha256").update("ikrar/field/v1\n").update(fields[name].salt).update(`${name} ${fields[name].value}\n`).digest();
  const closed = Buffer.concat([digest("nip"), digest("position"), fields.name.salt, fields.unit.salt]);
  return ["o1", closed, Buffer.from(fields.name.value), Buffer.from(fields.unit.value)]
    .map((part) => (typeof part === "string" ? part : part.toString("base64url")))
    .join(".");
}
