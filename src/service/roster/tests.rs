//! Imports on a real database: what comes, moves, goes, comes back; and what is refused.

use ed25519_dalek::SigningKey;

use super::*;
use crate::domain::cell::Row;
use crate::domain::election::Election;
use crate::domain::election::LookUp;
use crate::domain::entry::Body;
use crate::domain::entry::Election as ElectionEntry;
use crate::domain::nip::Nip;
use crate::domain::person::PersonNumber;
use crate::domain::person::label;
use crate::domain::roster::Roster;
use crate::domain::text::Origin;
use crate::domain::text::Time;
use crate::ledger::note::KeyName;
use crate::ledger::note::NoteSigner;
use crate::service::act::SignedAct;
use crate::service::officer;
use crate::store;

const ID: &str = "pemilu-2024";
const NOW_S: i64 = 1_700_000_040;
const HEADER: [&str; 6] = ["NIP", "NAMA", "UNIT KERJA", "JABATAN", "EMAIL", "KEDUDUKAN HUKUM"];
const BUDI: &str = "198609262009011001";
const SITI: &str = "199202292023232004";
const RINA: &str = "198503152010122003";

struct Stage {
    conn: Conn,
    origin: Origin,
    officer: SigningKey,
    counter: u8,
}

impl Stage {
    fn new() -> Self {
        let mut conn = store::memory();
        let origin: Origin = "ikrar.example/2024".parse().unwrap();
        let officer = SigningKey::from_bytes(&[7; 32]);
        let log = NoteSigner::new(
            KeyName::parse(&origin.to_string()).unwrap(),
            SigningKey::from_bytes(&[8; 32]),
        )
        .unwrap();
        let body = Body::Election(ElectionEntry {
            election: Election {
                id: ID.parse().unwrap(),
                title: "Pemilu 2024".parse().unwrap(),
                opens: Time::from_unix(1_700_000_100).unwrap(),
                closes: Time::from_unix(1_710_000_000).unwrap(),
                zone: "Asia/Jakarta".parse().unwrap(),
                contests: Vec::new(),
                lookup: LookUp::Receipt,
            },
            nonce: [1; 16],
        });
        let act = officer::sign_act(&origin, body, &officer);
        store::write(&mut conn, |conn| {
            officer::begin(conn, &origin, log.vkey(), &officer, [0; 16], NOW_S)?;
            election::publish(conn, &origin, act, NOW_S)
        })
        .unwrap();
        Self {
            conn,
            origin,
            officer,
            counter: 0,
        }
    }

    fn draft(&mut self, rows: &[[&str; 6]]) -> Draft {
        let rows = (2..).zip(rows).map(|(line, cells)| Row::of_text(line, cells));
        let roster = Roster::read([Row::of_text(1, &HEADER)].into_iter().chain(rows)).unwrap();
        let counter = &mut self.counter;
        let mut random = || {
            *counter += 1;
            Ok([*counter; 32])
        };
        draft(&mut self.conn, &self.origin, ID, &roster, &mut random).unwrap()
    }

    fn preview(&mut self, rows: &[[&str; 6]]) -> (i64, Draft) {
        let draft = self.draft(rows);
        let file = File {
            name: "pegawai.csv",
            sha256: &[0; 32],
        };
        let id = store::write(&mut self.conn, |conn| {
            let id = begin(conn, ID, file, None, NOW_S)?;
            keep(conn, id, &draft)?;
            Ok::<_, Error>(id)
        })
        .unwrap();
        (id, draft)
    }

    fn sign(&self, draft: &Draft) -> Vec<SignedAct> {
        let sign = |act: &Act| {
            let (_, body) = Body::parse_act(act.text.as_bytes()).unwrap();
            officer::sign_act(&self.origin, body, &self.officer)
        };
        draft.content.acts.iter().map(sign).collect()
    }

    fn confirm(&mut self, id: i64, acts: Vec<SignedAct>) -> Result<Counts, Error> {
        let origin = self.origin.clone();
        store::write(&mut self.conn, |conn| confirm(conn, &origin, id, acts, NOW_S))
    }

    fn import(&mut self, rows: &[[&str; 6]]) -> Counts {
        let (id, draft) = self.preview(rows);
        let acts = self.sign(&draft);
        self.confirm(id, acts).unwrap()
    }

    fn member(&mut self, nip: &str) -> (PersonRow, MemberRow) {
        let person = store::roster::find_person_by_nip(&mut self.conn, nip)
            .unwrap()
            .unwrap();
        let member = find_member(&mut self.conn, ID, person.id).unwrap().unwrap();
        (person, member)
    }

    fn size(&mut self) -> u64 {
        store::ledger::head(&mut self.conn).unwrap().size
    }
}

fn budi() -> [&'static str; 6] {
    [
        BUDI,
        "Budi Santoso",
        "Biro SDM",
        "Analis",
        "budi@contoh.example",
        "Aktif",
    ]
}

fn siti() -> [&'static str; 6] {
    [
        SITI,
        "Siti Rahayu",
        "Biro Hukum",
        "Pranata",
        "siti@contoh.example",
        "PPPK Aktif",
    ]
}

fn rina() -> [&'static str; 6] {
    [
        RINA,
        "Rina Marlina",
        "Biro Umum",
        "Arsiparis",
        "rina@contoh.example",
        "Pensiun",
    ]
}

fn is_conflict<T>(result: &Result<T, Error>, key: &str) -> bool {
    matches!(result, Err(Error::Conflict(problem)) if problem.key == key)
}

#[test]
fn people_come_and_the_same_file_twice_changes_nothing() {
    let mut stage = Stage::new();
    let people = [budi(), siti(), rina()];
    let counts = stage.import(&people);
    assert_eq!((counts.added, counts.excluded, counts.labels_on), (2, 1, 2));
    let (person, member) = stage.member(BUDI);
    assert_eq!(
        (person.name.as_str(), person.unit.as_str()),
        ("Budi Santoso", "Biro SDM")
    );
    assert_eq!((member.state.as_str(), member.added_index), ("required", Some(2)));
    let salt: [u8; 32] = member.label_salt.unwrap().try_into().unwrap();
    let number = BUDI.parse().unwrap();
    let expected = crate::domain::person::label(&salt, &stage.origin, &ID.parse().unwrap(), &number);
    assert_eq!(member.label.unwrap(), expected);
    let (_, excluded) = stage.member(RINA);
    assert_eq!((excluded.state.as_str(), excluded.label), ("excluded", None));
    assert_eq!(excluded.reason.as_deref(), Some("retired"));
    let size = stage.size();
    let (id, again) = stage.preview(&people);
    assert!(again.counts.is_nothing() && again.content.acts.is_empty());
    assert_eq!(again.counts.unchanged, 3);
    stage.confirm(id, Vec::new()).unwrap();
    assert_eq!(stage.size(), size);
}

#[test]
fn a_move_changes_the_person_and_no_label() {
    let mut stage = Stage::new();
    stage.import(&[budi()]);
    let before = stage.member(BUDI).1;
    let mut moved = budi();
    moved[2] = "Biro Umum";
    let (id, draft) = stage.preview(&[moved]);
    assert_eq!((draft.counts.changed, draft.content.acts.len()), (1, 0));
    stage.confirm(id, Vec::new()).unwrap();
    let (person, after) = stage.member(BUDI);
    assert_eq!((person.unit.as_str(), after), ("Biro Umum", before));
}

#[test]
fn who_is_gone_goes_off_and_comes_back_under_the_same_label() {
    let mut stage = Stage::new();
    stage.import(&[budi(), siti()]);
    let label = stage.member(SITI).1.label;
    let counts = stage.import(&[budi()]);
    assert_eq!((counts.gone, counts.labels_off), (1, 1));
    let gone = stage.member(SITI).1;
    assert_eq!(
        (gone.state.as_str(), gone.reason.as_deref()),
        ("excluded", Some("not-listed"))
    );
    let off_unsigned = |stage: &mut Stage| store::roster::count_off_unsigned(&mut stage.conn, ID).unwrap();
    assert_eq!(off_unsigned(&mut stage), 1);
    assert_eq!((gone.off_index, &gone.label), (Some(3), &label));
    let counts = stage.import(&[budi(), siti()]);
    assert_eq!((counts.changed, counts.labels_on), (1, 1));
    assert_eq!(off_unsigned(&mut stage), 0);
    let back = stage.member(SITI).1;
    assert_eq!(
        (back.state.as_str(), back.reason, back.off_index),
        ("required", None, None)
    );
    assert_eq!((back.added_index, back.label), (Some(4), label));
}

#[test]
fn a_new_number_keeps_the_person_and_the_old_number_as_alias() {
    let mut stage = Stage::new();
    stage.import(&[siti()]);
    let (person, before) = stage.member(SITI);
    let mut renewed = siti();
    renewed[0] = "199202292023242004";
    let (id, draft) = stage.preview(&[renewed]);
    assert_eq!(draft.counts.renumbered, 1);
    // Nobody signed yet: the label follows the number that the signing page shows.
    assert_eq!((draft.counts.labels_on, draft.counts.labels_off), (1, 1));
    let acts = stage.sign(&draft);
    stage.confirm(id, acts).unwrap();
    let (same, after) = stage.member(SITI);
    assert_eq!((same.id, same.nip.as_str()), (person.id, "199202292023242004"));
    assert_ne!(after.label, before.label);
    assert!(stage.preview(&[renewed]).1.counts.is_nothing());
}

#[test]
fn a_number_that_changed_while_somebody_was_off_gets_its_label_when_they_are_back() {
    let mut stage = Stage::new();
    let mut row = siti();
    stage.import(&[row]);
    row[5] = "CLTN";
    stage.import(&[row]);
    row[0] = "199202292023242004";
    let (id, draft) = stage.preview(&[row]);
    assert_eq!((draft.counts.renumbered, draft.counts.labels_on), (1, 0));
    stage.confirm(id, Vec::new()).unwrap();
    row[5] = "Aktif";
    stage.import(&[row]);
    let (person, member) = stage.member(SITI);
    let salt = member.label_salt.unwrap().try_into().unwrap();
    let number = PersonNumber::from(&Nip::parse(&person.nip).unwrap());
    let shown = label(&salt, &stage.origin, &ID.parse().unwrap(), &number);
    assert_eq!(member.label.unwrap(), shown);
}

#[test]
fn another_address_is_tried_again_after_one_that_refused_mail() {
    let mut stage = Stage::new();
    let mut row = siti();
    stage.import(&[row]);
    let person = stage.member(SITI).0;
    store::roster::note_bounced(&mut stage.conn, person.id, NOW_S).unwrap();
    row[3] = "Kepala Seksi";
    stage.import(&[row]);
    assert_eq!(stage.member(SITI).1.bounced_s, Some(NOW_S));
    row[4] = "siti.baru@kementerian.example";
    stage.import(&[row]);
    assert_eq!(stage.member(SITI).1.bounced_s, None);
}

#[test]
fn of_two_previews_only_the_first_is_confirmed() {
    let mut stage = Stage::new();
    let (first, first_draft) = stage.preview(&[budi()]);
    let (second, second_draft) = stage.preview(&[budi(), siti()]);
    let acts = stage.sign(&first_draft);
    stage.confirm(first, acts.clone()).unwrap();
    let size = stage.size();
    let late = stage.sign(&second_draft);
    assert!(is_conflict(
        &stage.confirm(second, late),
        "roster-problem-changed"
    ));
    assert!(is_conflict(&stage.confirm(first, acts), "roster-problem-decided"));
    assert_eq!(stage.size(), size);
}

#[test]
fn acts_other_than_those_prepared_write_nothing() {
    let mut stage = Stage::new();
    let (id, draft) = stage.preview(&[budi()]);
    let size = stage.size();
    for acts in [Vec::new(), {
        let mut acts = stage.sign(&draft);
        if let Body::Roster(roster) = &mut acts[0].body {
            roster.nonce = [9; 16];
        }
        acts
    }] {
        assert!(matches!(stage.confirm(id, acts), Err(Error::Invalid(_))));
    }
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let (_, body) = Body::parse_act(draft.content.acts[0].text.as_bytes()).unwrap();
    let foreign = vec![officer::sign_act(&stage.origin, body, &stranger)];
    assert!(matches!(stage.confirm(id, foreign), Err(Error::Invalid(_))));
    assert_eq!(stage.size(), size);
    assert_eq!(find(&mut stage.conn, id).unwrap().state, "preview");
}

#[test]
fn long_lists_are_split_over_acts_in_order() {
    let mut stage = Stage::new();
    let numbers: Vec<String> = (1..=900).map(|n| format!("198609262009011{n:03}")).collect();
    let rows: Vec<[&str; 6]> = numbers
        .iter()
        .map(|nip| [nip.as_str(), "Budi Santoso", "Biro SDM", "Analis", "", "Aktif"])
        .collect();
    let counter = std::cell::Cell::new(0_u64);
    let roster = Roster::read(
        [Row::of_text(1, &HEADER)]
            .into_iter()
            .chain((2..).zip(&rows).map(|(line, cells)| Row::of_text(line, cells))),
    )
    .unwrap();
    let mut random = || {
        counter.set(counter.get() + 1);
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&counter.get().to_be_bytes());
        Ok(bytes)
    };
    let draft = draft(&mut stage.conn, &stage.origin, ID, &roster, &mut random).unwrap();
    let sizes: Vec<usize> = draft.content.acts.iter().map(|act| act.add).collect();
    assert_eq!(sizes, [LABELS_PER_ACT, 200]);
    for act in &draft.content.acts {
        Body::parse_act(act.text.as_bytes()).unwrap();
    }
}

#[test]
fn damage_and_duplicates_are_refused_with_line_and_column_and_hold_who_is_known() {
    let mut stage = Stage::new();
    stage.import(&[budi(), siti()]);
    let mut damaged = budi();
    damaged[0] = "1,98609E+17";
    let mut twice = siti();
    twice[1] = "Siti Rahayu Dewi";
    let draft = stage.draft(&[damaged, siti(), twice]);
    let refused: Vec<(u64, &str, &str)> = draft
        .content
        .refused
        .iter()
        .map(|note| (note.line, note.column.as_str(), note.key.as_str()))
        .collect();
    assert_eq!(
        refused,
        [
            (2, "NIP", "nip-scientific"),
            (3, "NIP", "duplicate-nip"),
            (4, "NIP", "duplicate-nip")
        ]
    );
    assert_eq!((draft.counts.held, draft.counts.gone), (2, 0));
    assert!(draft.content.refused[0].text.contains("formatted as text"));
}

#[test]
fn a_discarded_preview_keeps_its_numbers_only() {
    let mut stage = Stage::new();
    let (id, _) = stage.preview(&[budi()]);
    discard(&mut stage.conn, id).unwrap();
    let import = find(&mut stage.conn, id).unwrap();
    assert_eq!(
        (import.state.as_str(), Counts::of(&import).unwrap().added),
        ("discarded", 1)
    );
    assert!(is_conflict(
        &content(&mut stage.conn, id),
        "roster-problem-decided"
    ));
    assert!(is_conflict(
        &discard(&mut stage.conn, id),
        "roster-problem-decided"
    ));
}

#[test]
fn nothing_printed_for_debugging_names_a_person() {
    let mut stage = Stage::new();
    let draft = stage.draft(&[budi()]);
    let text = format!("{draft:?}");
    assert!(!text.contains("Budi") && !text.contains(BUDI));
}
