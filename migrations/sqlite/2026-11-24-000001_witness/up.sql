-- The checkpoints that got the policy's quorum of witnesses, each with its cosignatures. The first one that covers an entry is
-- what the entry's proof is against, so none is ever replaced.
CREATE TABLE cosigned_checkpoint (
    size       BIGINT PRIMARY KEY,
    note       TEXT NOT NULL,
    cosigned_s BIGINT NOT NULL            -- the latest of its cosignatures' times, Unix seconds
);

-- Entries by kind, but for the millions of signatures: anchors, maps, keys and policies are looked up by it.
CREATE INDEX ledger_entry_kind ON ledger_entry (kind, leaf_index) WHERE kind <> 'signature';
