//! A log in the hands of somebody who holds its key and its database: entries as they were published, changed at will, chained
//! and signed again by the same code. What an operator who lies could do, and no more: people's and officers' keys are not there.
//!
//! Absent: the lies (`lies.rs`).

use std::fs;
use std::path::Path;

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::By;
use ikrar::domain::entry::Entry;
use ikrar::ledger::audit::audit_files;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::tile::tile_bytes;
use ikrar::ledger::tile::tiles_for_growth;
use ikrar::ledger::tree::MemoryTree;
use ikrar::service::publish;

use crate::harness::Browser;
use crate::harness::ELECTION;
use crate::harness::ORIGIN;
use crate::harness::TestPortal;

/// A log's entries, free to be changed.
#[derive(Clone)]
pub(crate) struct Forgery<'a> {
    portal: &'a TestPortal,
    /// In order. [`Forgery::chain`] mends what a change breaks.
    pub(crate) entries: Vec<Entry>,
}

impl<'a> Forgery<'a> {
    /// What the portal published.
    pub(crate) fn of(portal: &'a TestPortal) -> Self {
        let note = portal.app.log().read(publish::CHECKPOINT).unwrap().unwrap();
        let note = String::from_utf8(note).unwrap();
        let checkpoint = Checkpoint::open(&note, portal.app.keys().log.vkey()).unwrap();
        let mut entries = Vec::new();
        audit_files(
            &checkpoint,
            |path| portal.app.log().read(path),
            |_, bytes| entries.push(Entry::parse(bytes).unwrap()),
        )
        .unwrap();
        Self { portal, entries }
    }

    /// The indexes of all entries of a kind.
    pub(crate) fn all(&self, kind: &str) -> Vec<usize> {
        let is = |index: &usize| self.entries[*index].body.kind() == kind;
        (0..self.entries.len()).filter(is).collect()
    }

    /// Adds an entry at the last one's time, signed as an act by these officers' keys.
    pub(crate) fn push(&mut self, body: Body, officers: &[&SigningKey]) {
        let act = body.act_bytes(&ORIGIN.parse().unwrap());
        let mut by: Vec<By> = officers
            .iter()
            .map(|key| By {
                key: key.verifying_key().to_bytes(),
                signature: key.sign(&act).to_bytes(),
            })
            .collect();
        by.sort_by_key(|by| by.key);
        let last = self.entries.last().unwrap();
        self.entries.push(Entry {
            prev: *leaf_hash(&last.print()).as_bytes(),
            at: last.at,
            body,
            by,
        });
    }

    /// Mends `prev` of every entry, so that the chain holds again.
    pub(crate) fn chain(mut self) -> Self {
        let mut prev = Hash::ZERO;
        for entry in &mut self.entries {
            entry.prev = *prev.as_bytes();
            prev = leaf_hash(&entry.print());
        }
        self
    }

    /// The tree of the first entries.
    pub(crate) fn tree(&self, size: usize) -> MemoryTree {
        let mut tree = MemoryTree::default();
        for entry in &self.entries[..size] {
            tree.append(&leaf_hash(&entry.print()));
        }
        tree
    }

    /// A checkpoint over the first entries, signed with the log's key.
    pub(crate) fn checkpoint(&self, size: usize) -> String {
        let tree = self.tree(size);
        let checkpoint = Checkpoint {
            origin: KeyName::parse(ORIGIN).unwrap(),
            size: tree.size(),
            root: tree.root(),
        };
        self.portal
            .app
            .keys()
            .log
            .sign(&checkpoint, false)
            .unwrap()
            .to_string()
    }

    /// Writes the whole log into a folder: tiles, bundles, checkpoint, key. Nothing of it contradicts anything else of it.
    pub(crate) fn publish(&self, folder: &Path) {
        let mut tree = self.tree(self.entries.len());
        let write = |path: &str, bytes: &[u8]| {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        };
        let growth = tiles_for_growth(0, tree.size());
        for bundle in &growth.bundles {
            let from = usize::try_from(bundle.first_entry()).unwrap();
            let entries: Vec<Vec<u8>> = self.entries[from..from + usize::from(bundle.width())]
                .iter()
                .map(Entry::print)
                .collect();
            write(&bundle.path(), &bundle.encode(&entries).unwrap());
        }
        for tile in &growth.tiles {
            write(&tile.path(), &tile_bytes(tile, &mut tree).unwrap());
        }
        write("checkpoint", self.checkpoint(self.entries.len()).as_bytes());
        let vkey = self.portal.app.keys().log.vkey();
        write("log.vkey", format!("{vkey}\n").as_bytes());
    }
}

/// Whose label a signature entry names.
pub(crate) fn label(entry: &Entry) -> [u8; 32] {
    match &entry.body {
        Body::Signature(signature) => signature.statement.label,
        other => panic!("{} is no signature", other.kind()),
    }
}

/// Has a person sign through the pages, code from the mail and all; the browser is theirs, with the receipt.
pub(crate) fn signed(portal: &TestPortal, person: usize) -> Browser {
    let mut browser = portal.sign_in(person);
    let fields = portal.sign_as(person).sign(portal).fields();
    let mut form = vec![("election", ELECTION)];
    form.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
    browser.post("/sign", &form).is(303);
    let code = portal.newest_mail().code();
    let page = browser.get(&format!("/sign/code?election={ELECTION}"));
    let pending = page.ok().input("statement");
    let answer = [
        ("election", ELECTION),
        ("statement", pending.as_str()),
        ("code", code.as_str()),
    ];
    browser
        .post("/sign/code", &answer)
        .goes_to(&format!("/receipt?election={ELECTION}"));
    browser
}

/// Copies a folder and everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
