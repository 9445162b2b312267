//! The machine's clock jumps under a running portal, and before a start. The real clock is nobody's to move: `clock.c`, loaded before the
//! C library, moves it for this one process.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::fault::load::Load;
use crate::fault::outcome;
use crate::fault::site::Served;
use crate::fault::site::Site;
use crate::fault::site::Start;
use crate::harness::Browser;

const DAY_S: i64 = 24 * 3600;
/// Less than the election has been open.
const BACK_S: i64 = -40 * 60;

struct Shift(PathBuf);

impl Shift {
    /// Moves the clock in one step.
    fn by(&self, seconds: i64) {
        let partial = self.0.with_extension("partial");
        std::fs::write(&partial, seconds.to_string()).unwrap();
        std::fs::rename(&partial, &self.0).unwrap();
    }
}

fn shim(site: &Site) -> String {
    let (source, built) = (site.beside("clock.c"), site.beside("clock.so"));
    std::fs::write(&source, include_str!("clock.c")).unwrap();
    let output = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&built, &source])
        .output()
        .unwrap_or_else(|error| panic!("cc: {error}; scripts/setup installs what is missing"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    built.to_string_lossy().into_owned()
}

/// `/readyz` says why, a sign-in is refused politely, and the log does not grow.
fn nothing_is_written(site: &Site, served: &Served, load: &Load) {
    served.wait_ready_says("\"clock\":false");
    outcome::check_still(site, load, || {
        Browser::new(&served.url)
            .post("/sign-in", &[("email", "ani0@kementerian.example")])
            .is(503);
    });
}

#[test]
fn a_jump_of_the_clock_stops_the_writing_and_never_enters_the_log() {
    let site = Arc::new(Site::new(400));
    let shift = Shift(site.beside("shift"));
    shift.by(0);
    let (shim, file) = (shim(&site), shift.0.to_string_lossy().into_owned());
    let env = [("LD_PRELOAD", shim.as_str()), ("SHIFT_FILE", file.as_str())];
    let how = Start {
        env: &env,
        ..Start::default()
    };
    let mut load = Load::begin(&site, Duration::from_millis(20));
    let mut served = site.start(&how).unwrap();
    load.go_to(&[&served.url]);
    load.wait_more(5);

    shift.by(DAY_S);
    nothing_is_written(&site, &served, &load);
    shift.by(0);
    load.wait_more(3);
    shift.by(BACK_S);
    nothing_is_written(&site, &served, &load);
    load.go_to(&[]);
    assert_eq!(served.stop(), Ok(0));

    // A start believes the clock that it finds; a minute of the log is never before the one before.
    let mut served = site.start(&how).unwrap();
    served.ready().ok();
    load.go_to(&[&served.url]);
    load.wait_more(3);
    load.end();
    assert_eq!(served.stop(), Ok(0));
    outcome::check(&site, &load.known(), "jumps of the clock");
}
