DROP TABLE legal_hold;
DROP TABLE attestation;
DROP TABLE dispute;
DROP TABLE pending_act;
