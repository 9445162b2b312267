//! A published log of any size, made fast: real labels, keys and signatures, roster entries, maps and anchors, in tiles. Everything
//! follows from numbers, so that the same size is the same log but for nothing. Absent: measuring.

use std::fs::File;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::thread;

use anyhow::Result;
use anyhow::anyhow;
use anyhow::ensure;
use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ikrar::domain::election::Election;
use ikrar::domain::election::LookUp;
use ikrar::domain::entry;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::By;
use ikrar::domain::entry::Entry;
use ikrar::domain::openings::LabelOpening;
use ikrar::domain::openings::OpeningsHeader;
use ikrar::domain::openings::print_end;
use ikrar::domain::pact_default::default_pact;
use ikrar::domain::person;
use ikrar::domain::person::PersonNumber;
use ikrar::domain::role::Role;
use ikrar::domain::role::Roles;
use ikrar::domain::statement::After;
use ikrar::domain::statement::Method;
use ikrar::domain::statement::Statement;
use ikrar::domain::text::Id;
use ikrar::domain::text::Origin;
use ikrar::domain::text::Time;
use ikrar::domain::text::digest;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::map::LabelMap;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::note::NoteSigner;
use ikrar::ledger::tile::EntryBundle;
use ikrar::ledger::tile::TILE_WIDTH;
use ikrar::ledger::tile::tile_bytes;
use ikrar::ledger::tile::tiles_for_growth;
use ikrar::ledger::tree::MemoryTree;

const ORIGIN: &str = "ikrar.example/scale";
const ELECTION: &str = "pemilu-2024";
/// 1 November 2023, 08.00 WIB.
const OPENS_S: u64 = 1_698_800_400;
/// Signatures between two maps: a busy minute. They name the log's size when it began.
const MINUTE: u64 = 65_536;
/// Labels in a roster entry, as imports make them.
const LABELS: u64 = 700;
/// Entries before the roster, and log's own entries a minute.
const FIRST: u64 = 3;
const OWN: u64 = 2;

/// How many people sign in a log of so many entries.
fn signers(entries: u64) -> u64 {
    let total = |signers: u64| FIRST + signers.div_ceil(LABELS) + signers + OWN * signers.div_ceil(MINUTE);
    let (mut low, mut high) = (0, entries);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if total(middle) <= entries {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

fn secret(what: &str, number: u64) -> [u8; 32] {
    digest(&[b"audit_scale", what.as_bytes(), &number.to_be_bytes()])
}

fn number(n: u64) -> Result<PersonNumber> {
    let (serial, sex, month) = (n % 999 + 1, n / 999 % 2 + 1, n / 1998 % 12 + 1);
    let (day, birth_month, year) = (n / 23_976 % 28 + 1, n / 671_328 % 12 + 1, 1970 + n / 8_055_936);
    Ok(format!("{year}{birth_month:02}{day:02}2010{month:02}{sex}{serial:03}").parse()?)
}

/// What everything is signed with and for.
struct Scene {
    origin: Origin,
    election: Id,
    pact: [u8; 32],
    office: SigningKey,
    log: NoteSigner,
}

impl Scene {
    fn new() -> Result<Self> {
        let election: Id = ELECTION.parse()?;
        Ok(Self {
            origin: ORIGIN.parse()?,
            pact: default_pact(election.clone(), "Kementerian Contoh")?.hash(),
            election,
            office: SigningKey::from_bytes(&secret("office", 0)),
            log: NoteSigner::new(KeyName::parse(ORIGIN)?, SigningKey::from_bytes(&secret("log", 0)))?,
        })
    }

    fn opening(&self, n: u64) -> Result<LabelOpening> {
        let (salt, number) = (secret("label", n), number(n)?);
        Ok(LabelOpening {
            label: person::label(&salt, &self.origin, &self.election, &number),
            salt,
            numbers: vec![number],
        })
    }

    fn first(&self) -> Result<[Body; 3]> {
        let nonce = [0; 16];
        let officer = (
            self.office.verifying_key().to_bytes(),
            Roles::of(&[Role::Hr, Role::Operator]).ok_or_else(|| anyhow!("roles"))?,
        );
        let genesis = entry::Genesis {
            origin: self.origin.clone(),
            vkey: self.log.vkey().to_string().parse()?,
            officers: vec![officer],
            nonce,
        };
        let election = Election {
            id: self.election.clone(),
            title: "Pemilu 2024".parse()?,
            opens: Time::from_unix(OPENS_S)?,
            closes: Time::from_unix(OPENS_S + 100 * 86_400)?,
            zone: "Asia/Jakarta".parse()?,
            contests: vec![],
            lookup: LookUp::Receipt,
        };
        let pact = entry::Pact {
            election: self.election.clone(),
            text: default_pact(self.election.clone(), "Kementerian Contoh")?,
            nonce,
        };
        Ok([
            Body::Genesis(genesis),
            Body::Election(entry::Election { election, nonce }),
            Body::Pact(Box::new(pact)),
        ])
    }

    fn roster(&self, from: u64, to: u64) -> Result<Body> {
        let mut add = (from..to)
            .map(|n| Ok(self.opening(n)?.label))
            .collect::<Result<Vec<_>>>()?;
        add.sort_unstable();
        let [nonce @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = secret("roster", from);
        Ok(Body::Roster(entry::Roster {
            election: self.election.clone(),
            add,
            off: vec![],
            nonce,
        }))
    }

    fn signature(&self, n: u64, after: After) -> Result<Body> {
        let key = SigningKey::from_bytes(&secret("key", n));
        let statement = Statement {
            origin: self.origin.clone(),
            election: self.election.clone(),
            pact: self.pact,
            label: self.opening(n)?.label,
            commit: secret("commit", n),
            key: key.verifying_key().to_bytes(),
            method: Method::Email,
            after,
        };
        let signature = key.sign(&statement.print()).to_bytes();
        Ok(Body::Signature(Box::new(entry::Signature {
            election: self.election.clone(),
            statement,
            signature,
            evidence: secret("evidence", n),
        })))
    }

    fn checkpoint(&self, tree: &MemoryTree) -> Result<String> {
        let checkpoint = Checkpoint {
            origin: KeyName::parse(ORIGIN)?,
            size: tree.size(),
            root: tree.root(),
        };
        Ok(checkpoint.sign(&self.log)?.to_string())
    }
}

/// Bodies made on all processors, in order.
fn parallel(from: u64, to: u64, make: impl Fn(u64) -> Result<Body> + Sync) -> Result<Vec<Body>> {
    let threads = thread::available_parallelism().map_or(1, |n| n.get().try_into().unwrap_or(1));
    let part = (to - from).div_ceil(threads).max(1);
    thread::scope(|scope| {
        let make = &make;
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let begin = (from + thread * part).min(to);
                let end = (begin + part).min(to);
                scope.spawn(move || (begin..end).map(make).collect::<Result<Vec<_>>>())
            })
            .collect();
        let mut all = Vec::new();
        for thread in running {
            all.extend(
                thread
                    .join()
                    .map_err(|_panic| anyhow!("a thread ended early"))??,
            );
        }
        Ok(all)
    })
}

/// The log as it is written.
struct Writing<'a> {
    folder: &'a Path,
    tree: MemoryTree,
    prev: Hash,
    bundle: Vec<Vec<u8>>,
    leaves: Vec<u8>,
    bytes: u64,
}

impl Writing<'_> {
    fn append(&mut self, scene: &Scene, at_s: u64, body: Body) -> Result<()> {
        let authored = body.authorship().is_some_and(|authorship| authorship.count > 0);
        let by = if authored {
            let signature = scene.office.sign(&body.act_bytes(&scene.origin)).to_bytes();
            vec![By {
                key: scene.office.verifying_key().to_bytes(),
                signature,
            }]
        } else {
            vec![]
        };
        let entry = Entry {
            prev: *self.prev.as_bytes(),
            at: Time::from_unix(at_s)?,
            body,
            by,
        };
        let bytes = entry.print();
        self.prev = leaf_hash(&bytes);
        self.tree.append(&self.prev);
        self.leaves.extend(self.prev.as_bytes());
        self.bytes += u64::try_from(bytes.len())?;
        self.bundle.push(bytes);
        if self.bundle.len() == usize::from(TILE_WIDTH) {
            self.write_bundle()?;
        }
        Ok(())
    }

    fn write_bundle(&mut self) -> Result<()> {
        let width = u16::try_from(self.bundle.len())?;
        let index = (self.tree.size() - 1) / u64::from(TILE_WIDTH);
        let bundle = EntryBundle::new(index, width)?;
        self.write(&bundle.path(), &bundle.encode(&self.bundle)?)?;
        self.write(&bundle.leaf_tile().path(), &self.leaves)?;
        self.bundle.clear();
        self.leaves.clear();
        Ok(())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let file = self.folder.join(path);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(file, bytes)?)
    }

    fn finish(mut self, scene: &Scene) -> Result<u64> {
        if !self.bundle.is_empty() {
            self.write_bundle()?;
        }
        let growth = tiles_for_growth(0, self.tree.size());
        for tile in growth.tiles.iter().filter(|tile| tile.level() > 0) {
            let bytes = tile_bytes(tile, &mut self.tree)?;
            self.write(&tile.path(), &bytes)?;
        }
        self.write("log.vkey", format!("{}\n", scene.log.vkey()).as_bytes())?;
        self.write("checkpoint", scene.checkpoint(&self.tree)?.as_bytes())?;
        Ok(self.bytes)
    }
}

/// Writes a log of exactly so many entries; the bytes of its entries, and how many signed.
pub(crate) fn log(folder: &Path, entries: u64) -> Result<(u64, u64)> {
    ensure!(entries >= 20, "a log of at least 20 entries");
    let scene = Scene::new()?;
    let signers = signers(entries);
    let mut log = Writing {
        folder,
        tree: MemoryTree::default(),
        prev: Hash::ZERO,
        bundle: Vec::new(),
        leaves: Vec::new(),
        bytes: 0,
    };
    for body in scene.first()? {
        log.append(&scene, OPENS_S - 7200, body)?;
    }
    let rosters = signers.div_ceil(LABELS);
    for part in (0..rosters).step_by(64) {
        let make = |n: u64| scene.roster(n * LABELS, (n * LABELS + LABELS).min(signers));
        for body in parallel(part, (part + 64).min(rosters), make)? {
            log.append(&scene, OPENS_S - 3600, body)?;
        }
    }
    let mut map = LabelMap::default();
    let mut at_s = OPENS_S;
    for from in (0..signers).step_by(usize::try_from(MINUTE)?) {
        let to = (from + MINUTE).min(signers);
        let after = After {
            size: log.tree.size(),
            root: *log.tree.root().as_bytes(),
        };
        for body in parallel(from, to, |n| scene.signature(n, after))? {
            if let Body::Signature(signature) = &body {
                map.insert(signature.statement.label, log.tree.size());
            }
            log.append(&scene, at_s, body)?;
        }
        let own = entry::Map {
            election: scene.election.clone(),
            size: log.tree.size(),
            root: *map.root().as_bytes(),
        };
        log.append(&scene, at_s, Body::Map(own))?;
        let checkpoint = scene.checkpoint(&log.tree)?.into_bytes();
        log.append(&scene, at_s, Body::Anchor(entry::Anchor { checkpoint }))?;
        at_s += 60;
    }
    while log.tree.size() < entries {
        let checkpoint = scene.checkpoint(&log.tree)?.into_bytes();
        log.append(&scene, at_s, Body::Anchor(entry::Anchor { checkpoint }))?;
        at_s += 60;
    }
    Ok((log.finish(&scene)?, signers))
}

/// Writes the openings of everybody in that log.
pub(crate) fn openings(file: &Path, entries: u64, signers: u64) -> Result<()> {
    let scene = Scene::new()?;
    let mut order = (0..signers)
        .map(|n| Ok((scene.opening(n)?.label, n)))
        .collect::<Result<Vec<_>>>()?;
    order.sort_unstable();
    let mut out = BufWriter::new(File::create(file)?);
    let header = OpeningsHeader {
        origin: scene.origin.clone(),
        election: scene.election.clone(),
        size: entries,
    };
    out.write_all(&header.print())?;
    for (_, n) in order {
        out.write_all(&scene.opening(n)?.print())?;
    }
    out.write_all(&print_end(signers))?;
    Ok(out.flush()?)
}
