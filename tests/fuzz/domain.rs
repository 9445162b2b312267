//! Targets of our own texts: entries, statements, pacts, openings, receipts, and the rules over a whole log.

use std::fmt::Display;
use std::str::FromStr;

use ikrar::domain::backup::Manifest;
use ikrar::domain::backup::is_path;
use ikrar::domain::code::Code;
use ikrar::domain::entry::Body;
use ikrar::domain::entry::Entry;
use ikrar::domain::journal::Evidence;
use ikrar::domain::log::LogState;
use ikrar::domain::nip::Nip;
use ikrar::domain::openings::LabelOpening;
use ikrar::domain::openings::OpeningsLine;
use ikrar::domain::openings::OpeningsReader;
use ikrar::domain::openings::print_end;
use ikrar::domain::pact::PactText;
use ikrar::domain::person::Fragment;
use ikrar::domain::person::Opening;
use ikrar::domain::person::PersonNumber;
use ikrar::domain::person::StepUp;
use ikrar::domain::receipt::parse_receipt;
use ikrar::domain::receipt::print_receipt;
use ikrar::domain::receipt::verify_proof;
use ikrar::domain::role::Roles;
use ikrar::domain::statement::Statement;
use ikrar::domain::text::Id;
use ikrar::domain::text::Origin;
use ikrar::domain::text::Prose;
use ikrar::domain::text::Time;
use ikrar::domain::text::VkeyText;
use ikrar::domain::text::Zone;
use ikrar::domain::verdict::Verdict;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::note::Vkey;
use ikrar::ledger::proof::Proof;
use ikrar::ledger::tile::ENTRY_SIZE_BYTES_MAX;
use ikrar::ledger::tree::MemoryTree;
use ikrar::ledger::tree::root;

use super::LOG_VKEY;
use super::text;

/// An entry, and an act as a browser sends it.
pub(super) fn entry(bytes: &[u8]) {
    if let Ok(entry) = Entry::parse(bytes) {
        assert!(bytes.len() <= ENTRY_SIZE_BYTES_MAX);
        assert_eq!(entry.print(), bytes);
        assert!(entry.check().is_ok());
        let origin: Origin = "ikrar.example/log".parse().expect("a constant");
        let act = entry.body.act_bytes(&origin);
        if let Ok((of, body)) = Body::parse_act(&act) {
            assert_eq!((of, &body), (origin, &entry.body));
        }
    }
    if let Ok((origin, body)) = Body::parse_act(bytes) {
        assert_eq!(body.act_bytes(&origin), bytes);
    }
}

/// A statement.
pub(super) fn statement(bytes: &[u8]) {
    if let Ok(statement) = Statement::parse(bytes) {
        assert_eq!(statement.print(), bytes);
        assert!(!statement.verify(&[0; 64]), "a signature of zeros");
    }
}

/// A pact's text.
pub(super) fn pact(bytes: &[u8]) {
    if let Ok(pact) = PactText::parse(bytes) {
        assert!(bytes.len() <= 32_768 && pact.check().is_ok());
        assert_eq!(pact.print(), bytes);
    }
}

/// A person's private file.
pub(super) fn opening(bytes: &[u8]) {
    if let Ok(opening) = Opening::parse(bytes) {
        assert_eq!(opening.print(), bytes);
        let fewer = opening.without_number();
        assert_eq!(Opening::parse(&fewer.print()).as_ref(), Ok(&fewer));
        assert_eq!(fewer.commit(), opening.commit());
        if let Some(fragment) = Fragment::of(&opening) {
            assert_eq!(Fragment::decode(&fragment.encode()), Ok(fragment));
        }
    }
}

/// What an auditor is given of the journal.
pub(super) fn journal(bytes: &[u8]) {
    if let Ok(evidence) = Evidence::parse(bytes) {
        assert_eq!(evidence.print(), bytes);
        let _holds = evidence.check();
        for seal in evidence.seals() {
            assert!(seal.check(bytes).is_err(), "a proof is no entry");
        }
    }
}

/// An openings file: what is accepted prints again, and labels ascend.
pub(super) fn openings(bytes: &[u8]) {
    let (mut reader, mut again) = (OpeningsReader::new(), Vec::new());
    let mut last: Option<LabelOpening> = None;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match reader.take(line) {
            Err(error) => return assert!(error.line >= 1),
            Ok(OpeningsLine::Head) => {}
            Ok(OpeningsLine::Header(header)) => again.extend(header.print()),
            Ok(OpeningsLine::Open(opening)) => {
                again.extend(opening.print());
                assert!(last.is_none_or(|last| last.label < opening.label));
                last = Some(opening);
            }
            Ok(OpeningsLine::End) => again.extend(print_end(reader.openings())),
        }
    }
    if reader.finish().is_ok() {
        assert_eq!(again, bytes);
    }
}

/// What follows `#` in a receipt's QR code.
pub(super) fn fragment(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(fragment) = Fragment::decode(text) {
        assert_eq!(fragment.encode(), text);
    }
}

/// What a proof carries as `extra`, and the evidence of a step-up.
pub(super) fn receipt(bytes: &[u8]) {
    if let Some(entry) = parse_receipt(bytes) {
        assert_eq!(print_receipt(entry), bytes);
    }
    if let Ok(step_up) = StepUp::parse(bytes) {
        assert_eq!(step_up.print(), bytes);
    }
}

/// A receipt's code, which is read tolerantly and printed one way.
pub(super) fn code(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(code) = text.parse::<Code>() {
        assert_eq!(code.to_string().parse::<Code>().as_ref(), Ok(&code));
        assert_eq!(Code::from_bytes(*code.bytes()).to_string(), code.to_string());
    }
}

/// A person's number, in whatever a cell holds around it.
pub(super) fn nip(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(nip) = Nip::parse(text) {
        assert_eq!(nip.as_str().len(), 18);
        assert_eq!(Nip::parse(nip.as_str()).as_ref(), Ok(&nip));
        assert_eq!(Nip::parse(&nip.spaced()).as_ref(), Ok(&nip));
        assert!(!nip.masked().contains(nip.as_str()));
        let _ = nip.warnings(None, None);
    }
}

/// Short values: what is read prints again.
pub(super) fn values(bytes: &[u8]) {
    fn same<T: FromStr + Display>(text: &str) {
        if let Ok(value) = text.parse::<T>() {
            assert_eq!(value.to_string(), text);
        }
    }
    let Some(text) = text(bytes) else { return };
    same::<Id>(text);
    same::<Origin>(text);
    same::<Time>(text);
    same::<VkeyText>(text);
    same::<Zone>(text);
    same::<PersonNumber>(text);
    same::<Roles>(text);
    same::<Prose<400>>(text);
    if let Ok(prose) = Prose::<400>::new(text) {
        assert!(prose.as_str().len() <= 400);
    }
}

/// A proof file: as a text, and as the verifying page judges it.
pub(super) fn proof(bytes: &[u8]) {
    if let Some(Ok(proof)) = text(bytes).map(Proof::parse) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
    }
    let vkey = Vkey::parse(LOG_VKEY).expect("a constant");
    for vkey in [None, Some(&vkey)] {
        let report = verify_proof(bytes, vkey, Some(bytes));
        assert_ne!(report.verdict, Verdict::Valid, "a proof file is no opening");
        let report = verify_proof(bytes, vkey, None);
        if report.verdict == Verdict::Valid {
            assert!(vkey.is_some() && report.shown.is_some());
        }
    }
}

/// A log: entries in the form of a bundle, each judged by the rules.
pub(super) fn log(bytes: &[u8]) {
    let (mut tree, mut state, mut rest) = (MemoryTree::default(), LogState::new(), bytes);
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let length = u16::from_be_bytes(*length).into();
        let Some((bytes, behind)) = behind.split_at_checked(length) else {
            return;
        };
        let Ok(entry) = Entry::parse(bytes) else { return };
        let index = tree.size();
        let mut before = tree.clone();
        let mut root_at = |size: u64| root(size, &mut before).ok();
        if state.apply(index, &entry, &mut root_at).is_err() {
            return;
        }
        tree.append(&leaf_hash(bytes));
        assert_eq!(state.size(), tree.size());
        assert_eq!(state.prev(), leaf_hash(bytes));
        rest = behind;
    }
}

/// The manifest of a backup, whose paths never lead out of it.
pub(super) fn backup(bytes: &[u8]) {
    let Ok(manifest) = Manifest::parse(bytes) else {
        return;
    };
    assert_eq!(manifest.print(), bytes);
    for file in &manifest.files {
        let leads_out =
            file.path.starts_with('/') || file.path.split('/').any(|part| part == ".." || part.is_empty());
        assert!(is_path(&file.path) && !leads_out, "{}", file.path);
    }
}
