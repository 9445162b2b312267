-- Times are Unix seconds, UTC. Dates of law and incidents are ISO text. Ids, never names, tie rows together.

-- The ledger: its entries, the tree's stored hashes, and the one row that every writer locks first.
CREATE TABLE ledger_head (
    id        BIGINT PRIMARY KEY CHECK (id = 1),
    size      BIGINT NOT NULL,
    root      BLOB NOT NULL,
    last_leaf BLOB NOT NULL,
    last_at_s BIGINT NOT NULL
);
CREATE TABLE ledger_entry (
    leaf_index BIGINT PRIMARY KEY,
    kind       TEXT NOT NULL,
    at_s       BIGINT NOT NULL,
    bytes      BLOB NOT NULL
);
CREATE TABLE ledger_hash (
    position BIGINT PRIMARY KEY,
    hash     BLOB NOT NULL
);
CREATE TABLE ledger_act (                -- SHA-256 of an act's own lines: none comes twice
    hash       BLOB PRIMARY KEY,
    leaf_index BIGINT NOT NULL
);

-- Elections, their pacts, and who is asked to sign.
CREATE TABLE election (
    id           TEXT PRIMARY KEY,
    title        TEXT NOT NULL,
    opens_s      BIGINT NOT NULL,
    closes_s     BIGINT NOT NULL,
    zone         TEXT NOT NULL,
    lookup       TEXT NOT NULL,
    leaf_index   BIGINT NOT NULL,
    closed_index BIGINT
);
CREATE TABLE election_contest (
    election_id  TEXT NOT NULL REFERENCES election (id),
    contest      TEXT NOT NULL,
    determined_s BIGINT NOT NULL,
    PRIMARY KEY (election_id, contest)
);
CREATE TABLE pact (
    hash        BLOB PRIMARY KEY,
    election_id TEXT NOT NULL REFERENCES election (id),
    version     BIGINT NOT NULL,
    text        BLOB NOT NULL,
    leaf_index  BIGINT NOT NULL,
    UNIQUE (election_id, version)
);
CREATE TABLE person (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    nip        TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    unit_path  TEXT NOT NULL,            -- top to bottom, joined by U+001F: a subtree is a prefix
    position   TEXT NOT NULL,
    city       TEXT NOT NULL,
    grade      TEXT NOT NULL,
    email      TEXT,
    employment TEXT NOT NULL,
    search     TEXT NOT NULL,            -- lower case, for LIKE that both databases read alike
    updated_s  BIGINT NOT NULL
);
CREATE INDEX person_unit_path ON person (unit_path);
CREATE INDEX person_email ON person (email);
CREATE TABLE person_alias (
    nip       TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id)
);
CREATE INDEX person_alias_person ON person_alias (person_id);
CREATE TABLE roster_member (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    election_id TEXT NOT NULL REFERENCES election (id),
    person_id   BIGINT NOT NULL REFERENCES person (id),
    label       BLOB UNIQUE,             -- none for a person who was excluded from the start
    label_salt  BLOB,
    state       TEXT NOT NULL CHECK (state IN ('required', 'excluded')),
    reason      TEXT,                    -- why excluded, a stable key
    added_index BIGINT,
    off_index   BIGINT,
    invited_s   BIGINT,
    opened_s    BIGINT,                  -- the invitation's link was opened
    bounced_s   BIGINT,
    UNIQUE (election_id, person_id)
);
CREATE INDEX roster_member_person ON roster_member (person_id);
CREATE TABLE roster_import (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    election_id TEXT NOT NULL REFERENCES election (id),
    file_name   TEXT NOT NULL,
    file_sha256 BLOB NOT NULL,
    account_id  BIGINT,
    created_s   BIGINT NOT NULL,
    confirmed_s BIGINT,
    state       TEXT NOT NULL CHECK (state IN ('reading', 'preview', 'confirmed', 'discarded', 'failed')),
    counts      TEXT NOT NULL,           -- JSON, no personal data
    content     TEXT                     -- JSON of the needed columns, the plan and its acts; emptied once decided
);

-- Officers, their keys, how anybody enters.
CREATE TABLE account (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    email      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    created_s  BIGINT NOT NULL,
    disabled_s BIGINT
);
CREATE TABLE account_role (
    account_id BIGINT NOT NULL REFERENCES account (id),
    role       TEXT NOT NULL,
    unit_path  TEXT NOT NULL,            -- '' is the whole installation
    PRIMARY KEY (account_id, role, unit_path)
);
CREATE TABLE officer_key (
    public_key  BLOB PRIMARY KEY,
    account_id  BIGINT REFERENCES account (id),
    device      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    roles       TEXT NOT NULL,
    requested_s BIGINT NOT NULL,
    leaf_index  BIGINT
);
CREATE TABLE signin_link (
    token_hash  BLOB PRIMARY KEY,
    person_id   BIGINT REFERENCES person (id),
    account_id  BIGINT REFERENCES account (id),
    election_id TEXT,
    created_s   BIGINT NOT NULL,
    expires_s   BIGINT NOT NULL,
    used_s      BIGINT
);
CREATE INDEX signin_link_person ON signin_link (person_id);
CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    person_id  BIGINT REFERENCES person (id),
    account_id BIGINT REFERENCES account (id),
    created_s  BIGINT NOT NULL,
    seen_s     BIGINT NOT NULL,
    expires_s  BIGINT NOT NULL,
    revoked_s  BIGINT
);

-- Signing: a statement waiting for its step-up, then the signature that stands in the ledger.
CREATE TABLE pending_statement (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id   BIGINT NOT NULL UNIQUE REFERENCES roster_member (id),
    statement   BLOB NOT NULL,
    signature   BLOB NOT NULL,
    salts       BLOB NOT NULL,           -- nip, name, unit, position: 4 x 32 bytes
    created_s   BIGINT NOT NULL,
    expires_s   BIGINT NOT NULL,
    code_salt   BLOB,                    -- made when the mail is sent
    code_hash   BLOB,
    code_sent_s BIGINT,
    tries       BIGINT NOT NULL
);
CREATE TABLE signature (
    leaf_index     BIGINT PRIMARY KEY,
    election_id    TEXT NOT NULL REFERENCES election (id),
    member_id      BIGINT NOT NULL REFERENCES roster_member (id),
    live_member_id BIGINT UNIQUE,        -- the member while live: one live signature per person and election
    public_key     BLOB NOT NULL UNIQUE,
    statement_hash BLOB NOT NULL UNIQUE,
    pact_hash      BLOB NOT NULL REFERENCES pact (hash),
    at_s           BIGINT NOT NULL,
    accepted_s     BIGINT NOT NULL,
    method         TEXT NOT NULL,
    code           TEXT NOT NULL UNIQUE,
    state          TEXT NOT NULL CHECK (state IN ('live', 'disputed', 'voided')),
    evidence_salt  BLOB NOT NULL,
    evidence       BLOB NOT NULL,
    salts          BLOB NOT NULL,
    nip            TEXT NOT NULL,        -- the four values that the commitment hides, as they were shown
    name           TEXT NOT NULL,
    unit           TEXT NOT NULL,
    position       TEXT NOT NULL
);
CREATE INDEX signature_member ON signature (member_id);
CREATE INDEX signature_election_at ON signature (election_id, at_s);

-- Mail is a row before it is a mail; links and codes are made when it is sent.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    template    TEXT NOT NULL,
    person_id   BIGINT REFERENCES person (id),
    account_id  BIGINT REFERENCES account (id),
    election_id TEXT,
    subject_id  BIGINT,                  -- what the template is about: a pending statement, a signature's leaf index
    state       TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'cancelled')),
    created_s   BIGINT NOT NULL,
    due_s       BIGINT NOT NULL,
    sent_s      BIGINT,
    attempts    BIGINT NOT NULL,
    error       TEXT
);
CREATE INDEX outbox_due ON outbox (state, due_s);
CREATE INDEX outbox_person ON outbox (person_id);

-- Complaints as received, who may be meant, what a person decided.
CREATE TABLE authority (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    slug       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    valid_from TEXT,
    valid_to   TEXT
);
CREATE TABLE complaint (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    authority_id  BIGINT NOT NULL REFERENCES authority (id),
    reference     TEXT NOT NULL,
    channel       TEXT NOT NULL,
    accused_name  TEXT NOT NULL,
    unit          TEXT NOT NULL,
    city          TEXT NOT NULL,
    position      TEXT NOT NULL,
    nip_fragment  TEXT NOT NULL,
    handle        TEXT NOT NULL,
    incident_date TEXT,
    as_received   TEXT NOT NULL,         -- JSON: every column as it came, unaltered
    received_s    BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('received', 'identified', 'nobody')),
    UNIQUE (authority_id, reference)
);
CREATE TABLE crossref (
    complaint_id    BIGINT PRIMARY KEY REFERENCES complaint (id),
    made_s          BIGINT NOT NULL,
    model_version   TEXT NOT NULL,
    roster_snapshot TEXT NOT NULL,
    decision        TEXT NOT NULL,
    explanation     TEXT NOT NULL        -- JSON: candidates with their evidence
);
CREATE TABLE crossref_decision (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    complaint_id    BIGINT NOT NULL REFERENCES complaint (id),
    outcome         TEXT NOT NULL CHECK (outcome IN ('person', 'nobody', 'reopened')),
    person_id       BIGINT REFERENCES person (id),
    account_id      BIGINT NOT NULL REFERENCES account (id),
    reason          TEXT NOT NULL,
    model_version   TEXT NOT NULL,
    roster_snapshot TEXT NOT NULL,
    decided_s       BIGINT NOT NULL
);
CREATE INDEX crossref_decision_complaint ON crossref_decision (complaint_id);

-- Who saw or changed what. Ids only.
CREATE TABLE journal (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at_s       BIGINT NOT NULL,
    account_id BIGINT,
    person_id  BIGINT,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL
);
