-- Acts of two officers, waiting for the second; disputes, paper, holds.
CREATE TABLE pending_act (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL,
    subject         TEXT NOT NULL,       -- what it is about, e.g. `dispute 17`: one at a time waits
    act             BLOB NOT NULL,       -- the exact text that both sign
    first_key       BLOB NOT NULL REFERENCES officer_key (public_key),
    first_signature BLOB NOT NULL,
    proposed_s      BIGINT NOT NULL,
    expires_s       BIGINT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'entered', 'withdrawn', 'expired')),
    second_key      BLOB,
    settled_s       BIGINT,
    leaf_index      BIGINT
);
CREATE UNIQUE INDEX pending_act_waiting ON pending_act (subject) WHERE state = 'waiting';
CREATE TABLE dispute (
    leaf_index       BIGINT PRIMARY KEY,
    signature_index  BIGINT NOT NULL REFERENCES signature (leaf_index),
    channel          TEXT NOT NULL CHECK (channel IN ('link', 'authority')),
    authority_id     BIGINT REFERENCES authority (id),
    account_id       BIGINT REFERENCES account (id),  -- the officer who entered it for an authority
    opened_s         BIGINT NOT NULL,
    outcome          TEXT CHECK (outcome IN ('upheld', 'dismissed')),
    resolution_index BIGINT,
    resolved_s       BIGINT
);
CREATE UNIQUE INDEX dispute_open ON dispute (signature_index) WHERE outcome IS NULL;
CREATE INDEX dispute_signature ON dispute (signature_index);
CREATE TABLE attestation (               -- signed on paper: the values that the commitment hides
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    election_id TEXT NOT NULL REFERENCES election (id),
    member_id   BIGINT NOT NULL REFERENCES roster_member (id),
    pact_hash   BLOB NOT NULL REFERENCES pact (hash),
    scan        BLOB NOT NULL,           -- SHA-256; the file lies in the data folder
    salts       BLOB NOT NULL,
    nip         TEXT NOT NULL,
    name        TEXT NOT NULL,
    unit        TEXT NOT NULL,
    position    TEXT NOT NULL,
    created_s   BIGINT NOT NULL,
    leaf_index  BIGINT UNIQUE            -- none while the act waits
);
CREATE INDEX attestation_member ON attestation (member_id);
CREATE TABLE legal_hold (                -- why a person's data must stay
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  BIGINT NOT NULL REFERENCES person (id),
    reason     TEXT NOT NULL,
    account_id BIGINT REFERENCES account (id),
    set_s      BIGINT NOT NULL,
    lifted_s   BIGINT
);
CREATE INDEX legal_hold_person ON legal_hold (person_id);
