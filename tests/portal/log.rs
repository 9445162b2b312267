//! The log as its readers meet it over HTTP.

use crate::harness::TestPortal;

#[test]
fn the_log_is_served_byte_for_byte_to_anybody() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let mut stranger = portal.browser();
    let checkpoint = stranger.get("/checkpoint");
    checkpoint.ok().sees("ikrar.example/2024 4");
    assert_eq!(checkpoint.header("access-control-allow-origin"), Some("*"));
    let bundle = stranger.get("/tile/entries/000.p/4");
    bundle.ok().sees("kind genesis").sees("kind roster");
    let on_disk = std::fs::read(portal.folder().join("log/tile/entries/000.p/4")).unwrap();
    assert_eq!(bundle.bytes, on_disk);
    stranger.get("/tile/entries/000.p/5").is(404);
    stranger.get("/tile/0/../../keys/log.key").is(404);
}

#[test]
fn nothing_public_names_a_person() {
    let portal = TestPortal::new().with_election().with_pact().with_people(3);
    let mut stranger = portal.browser();
    for path in ["/", "/checkpoint", "/tile/entries/000.p/4"] {
        let page = stranger.get(path);
        let person = portal.person(0);
        page.ok()
            .lacks(&person.nip)
            .lacks(&person.name)
            .lacks(&person.email);
    }
}
