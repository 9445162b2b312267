DROP INDEX ledger_entry_kind;
DROP TABLE cosigned_checkpoint;
