//! Draining the outbox through SMTP or into a folder.
