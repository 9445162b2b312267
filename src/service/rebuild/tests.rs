//! A log that goes into tiles and back.

use std::collections::BTreeMap;
use std::convert::Infallible;

use ed25519_dalek::SigningKey;

use crate::domain::election::Election;
use crate::domain::entry;
use crate::domain::entry::Channel;
use crate::domain::entry::Dispute;
use crate::domain::pact_default::default_pact;
use crate::domain::text::Origin;
use crate::ledger::note::KeyName;
use crate::ledger::note::NoteSigner;
use crate::service::officer;

use super::*;

/// A log's files by name.
type Files = BTreeMap<String, Vec<u8>>;

fn origin() -> Origin {
    "ikrar.test/1".parse().unwrap()
}

fn signer() -> NoteSigner {
    NoteSigner::new(
        KeyName::parse("ikrar.test/1").unwrap(),
        SigningKey::from_bytes(&[7; 32]),
    )
    .unwrap()
}

fn publisher() -> Publisher {
    Publisher::new(signer())
}

fn election_body() -> Body {
    let election = Election {
        id: "pemilu".parse().unwrap(),
        title: "Pemilu".parse().unwrap(),
        opens: "60".parse().unwrap(),
        closes: "120".parse().unwrap(),
        zone: "Asia/Jakarta".parse().unwrap(),
        contests: Vec::new(),
        lookup: "receipt".parse().unwrap(),
    };
    Body::Election(entry::Election {
        election,
        nonce: [1; 16],
    })
}

/// A database with a little of each public table and `disputes` more entries, published into a folder.
fn published(disputes: u64) -> (Conn, LogFolder, tempfile::TempDir) {
    let (mut conn, keep) = (crate::store::memory(), tempfile::tempdir().unwrap());
    let folder = LogFolder::open(keep.path().join("log")).unwrap();
    let key = SigningKey::from_bytes(&[2; 32]);
    crate::store::write::<_, Error>(&mut conn, |conn| {
        officer::begin(conn, &origin(), signer().vkey(), &key, [1; 16], 60)?;
        let act = officer::sign_act(&origin(), election_body(), &key);
        election::publish(conn, &origin(), act, 60)?;
        let text = default_pact("pemilu".parse().unwrap(), "Kementerian").unwrap();
        let pact = Body::Pact(Box::new(entry::Pact {
            election: "pemilu".parse().unwrap(),
            text,
            nonce: [2; 16],
        }));
        election::publish_pact(conn, &origin(), officer::sign_act(&origin(), pact, &key), 60)?;
        for n in 0..disputes {
            let nonce = [n.to_be_bytes(), n.to_be_bytes()].concat().try_into().unwrap();
            let body = Body::Dispute(Dispute {
                signature: 1,
                channel: Channel::Link,
                nonce,
            });
            ledger::append(conn, 60, body, vec![])?;
        }
        Ok(())
    })
    .unwrap();
    publish::publish(&mut conn, &folder, &publisher()).unwrap();
    (conn, folder, keep)
}

fn rebuild(
    conn: &mut Conn,
    read: impl FnMut(&str) -> Result<Option<Vec<u8>>, Infallible>,
) -> Result<Rebuilt, RebuildError<Infallible>> {
    from_tiles(conn, signer().vkey(), read, &mut |_| {})
}

fn files(folder: &LogFolder) -> Files {
    let mut files = Files::new();
    let mut open = vec![folder.path().to_owned()];
    while let Some(place) = open.pop() {
        for file in std::fs::read_dir(place).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder.path()).unwrap().to_str().unwrap();
                files.insert(name.to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn a_database_made_from_tiles_is_the_same_to_the_public() {
    let (mut old, folder, _keep) = published(600);
    let mut new = crate::store::memory();
    let rebuilt = rebuild(&mut new, |name| Ok(folder.read(name).unwrap())).unwrap();
    let head = ledger::head(&mut old).unwrap();
    assert_eq!((rebuilt.size, rebuilt.root), (head.size, head.root));
    assert_eq!(ledger::head(&mut new).unwrap(), head);
    for conn in [&mut old, &mut new] {
        assert_eq!(publish::root_at(conn, head.size).unwrap(), head.root);
        assert_eq!(
            publish::root_at(conn, 300).unwrap(),
            publish::root_at(conn, 300).unwrap()
        );
    }
    assert_eq!(
        elections::list(&mut new).unwrap(),
        elections::list(&mut old).unwrap()
    );
    assert_eq!(
        elections::list_pacts(&mut new, "pemilu").unwrap(),
        elections::list_pacts(&mut old, "pemilu").unwrap()
    );
    let key = SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes();
    let known = account::find_key(&mut new, &key).unwrap().unwrap();
    assert_eq!((known.state.as_str(), known.leaf_index), ("active", Some(0)));
    // It goes on as one log, and an act that stands in it comes in no second time.
    let again = tempfile::tempdir().unwrap();
    let other = LogFolder::open(again.path()).unwrap();
    publish::publish(&mut new, &other, &publisher()).unwrap();
    assert_eq!(
        other.read("checkpoint").unwrap(),
        folder.read("checkpoint").unwrap()
    );
    let act = officer::sign_act(&origin(), election_body(), &SigningKey::from_bytes(&[2; 32]));
    let twice: Result<u64, Error> =
        crate::store::write(&mut new, |conn| election::publish(conn, &origin(), act, 60));
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
}

#[test]
fn a_database_in_use_is_left_alone() {
    let (mut old, folder, _keep) = published(3);
    let refused = rebuild(&mut old, |name| Ok(folder.read(name).unwrap())).unwrap_err();
    assert!(matches!(refused, RebuildError::Used("ledger_entry")), "{refused}");
}

#[test]
fn the_first_difference_is_named_and_nothing_stays() {
    let (_, folder, _keep) = published(600);
    let whole = files(&folder);
    let with = |change: &dyn Fn(&mut Files)| {
        let mut files = whole.clone();
        change(&mut files);
        let mut conn = crate::store::memory();
        let refused = rebuild(&mut conn, |name| Ok(files.get(name).cloned())).unwrap_err();
        assert_eq!(ledger::head(&mut conn).unwrap().size, 0);
        assert_eq!(find_used_table(&mut conn).unwrap(), None);
        refused.to_string()
    };
    let flip =
        |name: &'static str, at: usize| with(&move |files: &mut Files| files.get_mut(name).unwrap()[at] ^= 1);
    assert!(flip("tile/entries/001", 40).contains("entry 256 does not have the leaf hash"));
    assert!(flip("tile/0/001", 32).contains("entry 257 does not have the leaf hash"));
    assert!(flip("tile/1/000.p/2", 3).contains("tile/1/000.p/2 does not follow"));
    assert!(with(&|files| drop(files.remove("tile/entries/002.p/91"))).contains("is missing"));
    assert!(with(&Files::clear).contains("no published log"));
    assert!(flip("checkpoint.latest", 20).contains("checkpoint.latest:"));
}

#[test]
fn another_key_is_not_believed_and_two_histories_are_told() {
    let (_, folder, _keep) = published(3);
    let stranger = NoteSigner::new(
        KeyName::parse("ikrar.test/1").unwrap(),
        SigningKey::from_bytes(&[8; 32]),
    )
    .unwrap();
    let mut conn = crate::store::memory();
    let read = |name: &str| Ok::<_, Infallible>(folder.read(name).unwrap());
    let refused = from_tiles(&mut conn, stranger.vkey(), read, &mut |_| {}).unwrap_err();
    assert!(matches!(refused, RebuildError::Checkpoint { .. }), "{refused}");
    let lie = Checkpoint {
        origin: KeyName::parse("ikrar.test/1").unwrap(),
        size: 2,
        root: leaf_hash(b"another history"),
    };
    let lie = lie.sign(&signer()).unwrap().to_string();
    let refused = rebuild(&mut conn, |name| {
        Ok(match name {
            "checkpoint" => Some(lie.clone().into_bytes()),
            name => folder.read(name).unwrap(),
        })
    })
    .unwrap_err();
    assert!(matches!(refused, RebuildError::Fork { size: 2, .. }), "{refused}");
}

#[test]
fn tiles_are_made_anew_from_the_database() {
    let (mut conn, folder, _keep) = published(600);
    let before = files(&folder);
    std::fs::remove_dir_all(folder.path().join("tile/0")).unwrap();
    std::fs::write(folder.path().join("tile/entries/000"), "nonsense").unwrap();
    let published = remake_tiles(&mut conn, &folder, &publisher()).unwrap();
    assert_eq!(published.size, 603);
    assert_eq!(files(&folder), before);
}

#[test]
fn people_are_missed_where_rosters_stand() {
    let mut conn = crate::store::memory();
    assert!(!lacks_people(&mut conn).unwrap());
    crate::store::write::<_, StoreError>(&mut conn, |conn| {
        let body = Body::Roster(entry::Roster {
            election: "pemilu".parse().unwrap(),
            add: vec![[1; 32]],
            off: Vec::new(),
            nonce: [1; 16],
        });
        let by = vec![entry::By {
            key: [1; 32],
            signature: [1; 64],
        }];
        ledger::append(conn, 60, body, by)
    })
    .unwrap();
    assert!(lacks_people(&mut conn).unwrap());
}
