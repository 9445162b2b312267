#!/usr/bin/env python3
"""Checks a receipt's proof file with Python's standard library and the package `cryptography` alone.

    python3 proof.py FILE.tlog-proof --vkey LOG.VKEY [--opening FILE]
    python3 proof.py --strict tests/vectors/strict.json

Nothing of Ikrar's code is used; docs/format.md and C2SP's texts are all that is known here. Checked, in this order: the file's
form (C2SP tlog-proof), the log's signature under the checkpoint (C2SP signed-note; signatures of other keys are skipped), the
path from the entry to the root (RFC 6962), that entry and statement agree, and the person's signature over the statement; with
--opening, that the opened fields lead to the commitment that was signed. Not checked: whether the signature counts (pact in
force, on the roster, voided since: `ikrar audit`), and witnesses' cosignatures.

`cryptography` (OpenSSL) accepts a public key that is the curve's identity point, under which one signature fits every text, and
R of small order. So `verify` below refuses keys and R that are not canonical or of small order before it asks; OpenSSL itself
refuses an s that is not reduced and compares R byte by byte.

Exit code: 0 valid, 1 not valid, 2 usage, 3 cannot tell.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROOF_BYTES_MAX = 1_200_000
SIGNATURES_MAX = 64
HASHES_MAX = 63

PRIME = 2**255 - 19
ORDER8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7  # y of a point of order 8; -y is the other


class Wrong(Exception):
    """Something that makes the file not valid."""


def require(holds, what):
    if not holds:
        raise Wrong(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def unbase64(text, length=None):
    """Base64 written the one way: padded, nothing in between, trailing bits zero."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(f"{text[:20]!r} is not base64") from None
    require(base64.b64encode(data).decode() == text and length in (None, len(data)), "base64 of another form or length")
    return data


def number(text):
    require(text.isascii() and text.isdigit() and str(int(text)) == text and int(text) < 2**63, "not a number")
    return int(text)


def strong(point):
    """Canonical (y below the prime) and not of small order (y is none of 1, -1, 0 and the two of order 8)."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    return 1 < y < PRIME - 1 and y not in (ORDER8, PRIME - ORDER8)


def verify(key, message, signature):
    """Strict Ed25519, as far as it can be had here; see above."""
    if len(key) != 32 or len(signature) != 64 or not strong(key) or not strong(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_vkey(text):
    """Name, key id and key of `name+hex+base64` (C2SP signed-note)."""
    name, _, rest = text.strip().partition("+")
    id_hex, _, key = rest.partition("+")
    key = unbase64(key, 33)
    require(key[0] == 1, "the log's key is not plain Ed25519")
    key_id = sha256(name.encode(), b"\n", key)[:4]
    require(key_id.hex() == id_hex, "the log key's id does not fit")
    require(strong(key[1:]), "the log's key is weak")
    return name, key_id, key[1:]


def read_proof(text):
    """Receipt, index, path and note of a proof file."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    require(blank and lines[0] == "c2sp.org/tlog-proof@v1" and len(lines) >= 3, "not a c2sp.org/tlog-proof@v1 file")
    require(lines[1].startswith("extra "), "the proof carries no receipt")
    require(lines[2].startswith("index "), "the proof has no index")
    path = [unbase64(line, 32) for line in lines[3:]]
    require(len(path) <= HASHES_MAX, "too many hashes")
    return unbase64(lines[1][6:]), number(lines[2][6:]), path, note


def open_note(note, vkey):
    """Origin, size and root of a checkpoint that the log's key signed."""
    name, key_id, key = vkey
    text, blank, rest = note.rpartition("\n\n")
    require(blank and rest.endswith("\n"), "the checkpoint is not a note")
    text += "\n"
    lines = rest[:-1].split("\n")
    require(len(lines) <= SIGNATURES_MAX, "too many signatures")
    known = False
    for line in lines:
        require(line.startswith("\u2014 ") and line.count(" ") == 2, "a signature line that is none")
        signer, signature = line[2:].split(" ")
        signature = unbase64(signature)
        if signer == name and signature[:4] == key_id:
            require(verify(key, text.encode(), signature[4:]), "the log's signature under the checkpoint does not verify")
            known = True
    require(known, "the log's key did not sign the checkpoint")
    lines = text.split("\n")
    require(len(lines) == 4 and lines[0] == name, "not the three lines of this log's checkpoint")
    return number(lines[1]), unbase64(lines[2], 32)


def root_of(leaf, index, size, path):
    """Where a path leads (RFC 9162, 2.1.3.2)."""
    require(index < size, "the index lies beyond the tree")
    node, last, at = index, size - 1, leaf
    for sibling in path:
        require(last > 0, "the path is too long")
        if node & 1 or node == last:
            at = sha256(b"\x01", sibling, at)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            at = sha256(b"\x01", at, sibling)
        node, last = node >> 1, last >> 1
    require(last == 0, "the path is too short")
    return at


def read_lines(data, *keys):
    """The values of a text whose first lines are exactly these; a key without value stands alone."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Wrong("not UTF-8") from None
    require(text.endswith("\n"), "the last line does not end")
    lines = text[:-1].split("\n")
    require(len(lines) >= len(keys), f"not {keys[0]}")
    values = {}
    for line, key in zip(lines, keys):
        word, space, value = line.partition(" ")
        require(word == key and bool(space) == bool(value), f"{key} is not where it should be")
        values[key] = value
    return values, lines[len(keys):]


def read_receipt(extra):
    """The entry of a receipt."""
    require(extra.startswith(b"ikrar/receipt/v1\n"), "the proof carries something else than a receipt")
    return extra[len(b"ikrar/receipt/v1\n"):]


ENTRY = ("ikrar/entry/v1", "kind", "prev", "at", "election", "statement", "signature", "evidence")
STATEMENT = ("ikrar/statement/v1", "origin", "election", "pact", "label", "commit", "key", "method", "after")


def check(text, vkey_text, opening):
    vkey = read_vkey(vkey_text)
    extra, index, path, note = read_proof(text)
    entry_bytes = read_receipt(extra)
    yield "format"
    size, root = open_note(note, vkey)
    yield "checkpoint"
    require(root_of(sha256(b"\x00", entry_bytes), index, size, path) == root, "the path does not lead to the root")
    yield "inclusion"
    entry, rest = read_lines(entry_bytes, *ENTRY[:4])
    if entry["kind"] != "signature":
        raise LookupError(f"an entry of kind {entry['kind']}: nobody signed it as a person")
    entry, rest = read_lines(entry_bytes, *ENTRY)
    require(not rest, "lines too many in the entry")
    statement_bytes = unbase64(entry["statement"])
    statement, rest = read_lines(statement_bytes, *STATEMENT)
    require(not rest, "lines too many in the statement")
    require(statement["origin"] == vkey[0], "the statement is for another log")
    require(statement["election"] == entry["election"], "entry and statement name different elections")
    after_size = statement["after"].partition(" ")[0]
    require(1 <= number(after_size) <= index, "the log had no such size before this entry")
    yield "statement"
    key, signature = unbase64(statement["key"], 32), unbase64(entry["signature"], 64)
    require(verify(key, statement_bytes, signature), "the person's signature does not verify strictly")
    yield "signature"
    if opening is not None:
        opened = check_opening(opening, statement)
        yield "opening"
        for field, value in opened:
            print(f"  {field:<9} {value!r}")


def unhex(text):
    """A salt or digest: 32 bytes in lower-case hex."""
    require(len(text) == 64 and all(c in "0123456789abcdef" for c in text), "not 32 bytes in hex")
    return bytes.fromhex(text)


def check_opening(data, statement):
    head = ("ikrar/opening/v1", "origin", "election", "label")
    values, lines = read_lines(data, *head)
    require(all(values[key] == statement[key] for key in head[1:]), "the opening is of another statement")
    if lines and lines[0].startswith("person "):
        nip, _, salt = lines.pop(0)[7:].partition(" ")
        text = f"origin {values['origin']}\nelection {values['election']}\nperson {nip}\n".encode()
        label = sha256(b"ikrar/label/v1\n", unhex(salt), text)
        require(label.hex() == values["label"], "the person does not lead to the label")
    require(len(lines) == 4, "the opening has not four fields")
    commit, opened = f"label {values['label']}\n", []
    for field, line in zip(("nip", "name", "unit", "position"), lines):
        require(line.startswith((f"field {field} ", f"digest {field} ")), "the opening's fields are out of order")
        how, _, rest = line.split(" ", 2)
        if how == "field":
            salt, _, value = rest.partition(" ")
            opened.append((field, value))
            rest = sha256(b"ikrar/field/v1\n", unhex(salt), f"{field} {value}\n".encode()).hex()
        commit += f"{field} {unhex(rest).hex()}\n"
    require(sha256(b"ikrar/commit/v1\n", commit.encode()).hex() == statement["commit"], "the opening was changed")
    return opened


def judge_vectors(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    counts = {}
    for group, expected in (("accepted", True), ("refused", False)):
        for case in vectors[group]["cases"]:
            key, signature = base64.b64decode(case["key"]), base64.b64decode(case["signature"])
            found = verify(key, bytes.fromhex(case["message"]), signature)
            require(found == expected, f"vector {case['name']!r}: expected {group}")
            counts[group] = counts.get(group, 0) + 1
    require(set(counts) == {"accepted", "refused"}, "no vectors")
    print(f"{counts['accepted']} accepted, {counts['refused']} refused")


def read(path):
    with open(path, "rb") as file:
        data = file.read(PROOF_BYTES_MAX + 1)
    require(len(data) <= PROOF_BYTES_MAX, f"{path} is too long")
    return data


def main():
    parser = argparse.ArgumentParser(description="Check a receipt's proof file.")
    parser.add_argument("file", nargs="?")
    parser.add_argument("--vkey", help="the log's key: a file")
    parser.add_argument("--opening", help="the opening file")
    parser.add_argument("--strict", metavar="VECTORS", help="judge the signatures of a file of test vectors instead")
    args = parser.parse_args()
    if bool(args.strict) == bool(args.file and args.vkey):
        parser.error("either FILE and --vkey, or --strict")
    try:
        if args.strict:
            judge_vectors(args.strict)
        else:
            text = read(args.file).decode()
            opening = read(args.opening) if args.opening else None
            for row in check(text, read(args.vkey).decode(), opening):
                print(f"{row:<11} valid")
    except (Wrong, ValueError) as error:
        print(f"NOT VALID   {error}")
        return 1
    except (OSError, LookupError) as error:
        print(f"CANNOT TELL {error}")
        return 3
    print("VALID")
    return 0


if __name__ == "__main__":
    sys.exit(main())
