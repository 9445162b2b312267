//! An old copy of the database is put in the place of the newer one, with the portal stopped and under a running one. `postgres` has the
//! same for a server.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::fault::given_server;
use crate::fault::load::Known;
use crate::fault::load::Load;
use crate::fault::outcome;
use crate::fault::site::Site;

/// The second holds what the first does not hold yet.
const FILES: [&str; 3] = ["db.sqlite", "db.sqlite-wal", "db.sqlite-shm"];

/// Moves the database's files, as far as there are any.
fn move_database(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in FILES {
        if from.join(name).exists() {
            std::fs::rename(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// Copies them, as a backup at night would while the portal stands still.
fn copy_database(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in FILES {
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// Nothing is added: every attempt is refused, and the public files stay as they are.
pub(super) fn nothing_is_added(site: &Site, load: &Load) {
    let before = refusals(&load.known());
    outcome::check_still(site, load, || {
        load.wait_until("refusals", |known| refusals(known) >= before + 8);
    });
}

fn refusals(known: &Known) -> usize {
    known.refused.get(&503).copied().unwrap_or(0)
}

#[test]
fn an_old_copy_is_read_only_and_the_newer_one_goes_on() {
    if given_server().is_some() {
        return;
    }
    let site = Arc::new(Site::on(tempfile::tempdir().unwrap(), None, 400));
    let (old, newer) = (site.beside("old"), site.beside("newer"));
    let mut load = Load::begin(&site, Duration::from_millis(20));
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    load.go_to(&[]);
    assert_eq!(served.stop(), Ok(0));
    copy_database(&site.data(), &old);

    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    load.go_to(&[]);
    assert_eq!(served.stop(), Ok(0));
    move_database(&site.data(), &newer);
    copy_database(&old, &site.data());

    let mut served = site.serve();
    served.ready().is(503).sees("\"published\":false");
    load.go_to(&[&served.url]);
    nothing_is_added(&site, &load);
    load.go_to(&[]);
    assert_eq!(served.stop(), Ok(0));
    move_database(&site.data(), &site.beside("thrown away"));
    move_database(&newer, &site.data());

    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    load.end();
    assert_eq!(served.stop(), Ok(0));
    outcome::check(&site, &load.known(), "an old copy");
}

#[test]
fn an_old_copy_under_a_running_portal_is_noticed() {
    if given_server().is_some() {
        return;
    }
    let site = Arc::new(Site::on(tempfile::tempdir().unwrap(), None, 400));
    let (old, newer) = (site.beside("old"), site.beside("newer"));
    let mut load = Load::begin(&site, Duration::from_millis(20));
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    load.go_to(&[]);
    assert_eq!(served.stop(), Ok(0));
    copy_database(&site.data(), &old);

    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    move_database(&site.data(), &newer);
    move_database(&old, &site.data());
    served.wait_ready_says("\"published\":false");
    nothing_is_added(&site, &load);
    move_database(&site.data(), &site.beside("thrown away"));
    move_database(&newer, &site.data());
    load.wait_more(5);
    load.end();
    served.wait_ready_says("\"published\":true");
    assert_eq!(served.stop(), Ok(0));
    outcome::check(&site, &load.known(), "an old copy under a running portal");
}
