//! The same checkpoint sent again, and a start after a key of the log was given up.

use super::*;

#[test]
fn the_same_checkpoint_again_costs_nothing_within_the_second_and_never_takes_a_line() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let witness = Witness::open(folder.path(), own(9), &[line(1), line(2)], clock.clone()).unwrap();
    let both = note(3, 0, 1)
        .with(signer(2).signature(note(3, 0, 1).text()))
        .unwrap();
    let ask = |old: u64, note: Note| {
        let request = AddCheckpoint::new(old, Vec::new(), note).unwrap();
        let reply = witness.add_checkpoint(request.to_string().as_bytes());
        assert_eq!(reply.status, 200);
        reply.body
    };
    let first = ask(0, both);
    let kept = files(folder.path());
    // Whatever is written needs this place.
    let staged = folder.path().join(hash()).join(".staged");
    std::fs::create_dir(&staged).unwrap();
    assert_eq!(ask(3, note(3, 0, 1)), first);
    std::fs::remove_dir(&staged).unwrap();
    assert_eq!(files(folder.path()), kept);
    clock.set(NOW_S + 1);
    assert_ne!(ask(3, note(3, 0, 1)), first);
    let newest = Note::parse(&witness.newest_checkpoint(&hash()).body).unwrap();
    assert_eq!(
        newest.signatures().len(),
        4,
        "two lines of the log, two of the witness"
    );
    assert_eq!(times(&newest.to_string()), [1_700_000_001; 2]);
}

#[test]
fn a_witness_starts_without_a_key_that_vouched_for_a_dispute() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(NOW_S));
    let (witness, book) = (open(folder.path(), &clock).unwrap(), book(false));
    book.grow(&witness, 0, 280);
    let file = book.proof(5, 280);
    assert_eq!(witness.receive_dispute(&hash(), file.as_bytes()).status, 202);
    drop(witness);
    let keys = |seed: u8| Witness::open(folder.path(), own(9), &[line(seed)], clock.clone()).unwrap();
    assert!(pending(&keys(2)).is_empty());
    assert_eq!(pending(&keys(1)).len(), 1, "the file stayed");
}
