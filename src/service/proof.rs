//! The proof file of an entry: against the first checkpoint with the witnesses' quorum that covers it, and until there is one (or
//! where no witness is asked) against the newest that the log signed. It is what a receipt's mail carries and `/v/CODE` hands out.
//!
//! No person in it: index, path, checkpoint, and the exact entry as `extra`. Absent: checking one
//! ([`crate::ledger::proof`], [`crate::domain::audit`]).

use crate::domain::receipt::print_receipt;
use crate::ledger::note::Vkey;
use crate::ledger::proof::Proof;
use crate::ledger::tree;
use crate::service::Error;
use crate::service::publish;
use crate::service::publish::LogFolder;
use crate::store::Conn;
use crate::store::ledger;
use crate::store::ledger::StoredHashes;
use crate::store::witness;

/// The name a proof file is saved under.
pub fn file_name(code: &str) -> String {
    format!("ikrar-{code}.tlog-proof")
}

/// The proof file of one entry (C2SP tlog-proof). [`Error::NotFound`] where there is no such entry, [`Error::Busy`] while no
/// checkpoint covers it yet.
pub fn proof_of(conn: &mut Conn, folder: &LogFolder, vkey: &Vkey, leaf_index: u64) -> Result<Proof, Error> {
    let entry = ledger::find_entry(conn, leaf_index)?.ok_or(Error::NotFound)?;
    let (size, checkpoint_note) = match witness::find_covering(conn, leaf_index)? {
        Some(row) => (ledger::to_u64(row.size)?, row.note),
        None => publish::read(folder, vkey)?
            .filter(|published| leaf_index < published.size)
            .map(|published| (published.size, published.note))
            .ok_or_else(|| Error::busy("problem-not-published"))?,
    };
    let hashes = tree::prove_inclusion(size, leaf_index, &mut StoredHashes(conn))
        .map_err(|e| Error::Tampered(e.to_string()))?;
    Ok(Proof {
        extra: Some(print_receipt(&entry)),
        index: leaf_index,
        hashes,
        checkpoint_note,
    })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::domain::receipt::parse_receipt;
    use crate::ledger::hash::leaf_hash;
    use crate::ledger::note::KeyName;
    use crate::ledger::note::NoteSigner;
    use crate::service::officer;
    use crate::service::publish::Publisher;

    #[test]
    fn an_entry_is_proved_once_a_checkpoint_covers_it() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFolder::open(folder.path()).unwrap();
        let name = "ikrar.test/log";
        let key = SigningKey::from_bytes(&[5; 32]);
        let signer = NoteSigner::new(KeyName::parse(name).unwrap(), key.clone()).unwrap();
        let publisher = Publisher::new(signer);
        let mut conn = crate::store::memory();
        let absent = proof_of(&mut conn, &log, publisher.vkey(), 0);
        assert!(matches!(absent, Err(Error::NotFound)));
        crate::store::write(&mut conn, |conn| {
            officer::begin(conn, &name.parse().unwrap(), publisher.vkey(), &key, [1; 16], 60)
        })
        .unwrap();
        let early = proof_of(&mut conn, &log, publisher.vkey(), 0);
        assert!(matches!(early, Err(Error::Busy(_))));
        publish::publish(&mut conn, &log, &publisher).unwrap();
        let proof = proof_of(&mut conn, &log, publisher.vkey(), 0).unwrap();
        let read = Proof::parse(&proof.to_string()).unwrap();
        let entry = parse_receipt(read.extra.as_deref().unwrap()).unwrap();
        assert_eq!(read.verify(publisher.vkey(), &leaf_hash(entry)).unwrap().size, 1);
    }
}
