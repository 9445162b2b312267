//! Two portals on one database and one log folder, both in use, one of them dying now and then.

use std::sync::Arc;
use std::time::Duration;

use crate::fault::Dice;
use crate::fault::load::Load;
use crate::fault::outcome;
use crate::fault::rounds;
use crate::fault::site::Site;

#[test]
fn two_portals_on_one_database_write_one_history() {
    let rounds = rounds(3);
    let site = Arc::new(Site::new(if rounds > 3 { 8000 } else { 1000 }));
    let mut dice = Dice::new("twice");
    let pause = if rounds > 3 { 200 } else { 20 };
    let mut load = Load::begin(&site, Duration::from_millis(pause));
    let mut staying = site.serve();
    for _ in 0..rounds {
        let other = site.serve();
        load.go_to(&[&staying.url, &other.url]);
        load.wait_more(20);
        dice.pause(300);
        // The older one goes, so that each process has begun beside one that was writing.
        std::mem::replace(&mut staying, other).kill();
        load.go_to(&[&staying.url]);
        load.wait_more(1);
        // What the dead one had committed and not published, the living one publishes.
        staying.ready().ok();
    }
    load.end();
    assert_eq!(staying.stop(), Ok(0), "{}", staying.stderr());
    outcome::check(
        &site,
        &load.known(),
        &format!("{rounds} kills of one of two portals"),
    );
}
