//! The process ends without warning, at any moment, also while it starts.

use std::sync::Arc;
use std::time::Duration;

use crate::fault::Dice;
use crate::fault::load::Load;
use crate::fault::outcome;
use crate::fault::rounds;
use crate::fault::site::Site;
use crate::fault::site::Start;

#[test]
fn no_acknowledged_signature_is_lost_to_kills_under_load() {
    let rounds = rounds(6);
    let site = Arc::new(Site::new(if rounds > 6 { 8000 } else { 1500 }));
    let mut dice = Dice::new("kill");
    let pause = if rounds > 6 { 200 } else { 20 };
    let mut load = Load::begin(&site, Duration::from_millis(pause));
    for round in 0..rounds {
        if round % 3 == 2 {
            let starting = site.spawn(&Start::default());
            dice.pause(300);
            starting.kill();
        }
        let served = site.serve();
        load.go_to(&[&served.url]);
        load.wait_more(1);
        dice.pause(700);
        served.kill();
        load.go_to(&[]);
        // Before anybody repairs anything.
        outcome::check_folder(&site, &load.known());
    }
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(5);
    served.ready().ok();
    load.end();
    assert_eq!(served.stop(), Ok(0), "{}", served.stderr());
    outcome::check(&site, &load.known(), &format!("{rounds} kills"));
}

/// The tracer holds the process for a while after each write, so also after the one that says "ready".
#[test]
fn a_signal_right_after_ready_ends_it_in_order() {
    let site = Site::new(1);
    let held = "inject=write:delay_exit=200000";
    let words = ["strace", "-f", "-qq", "-e", "trace=write", "-e", held, "-o"];
    let mut tracer: Vec<String> = words.map(str::to_owned).into();
    tracer.push(site.beside("trace").to_string_lossy().into_owned());
    let how = Start {
        tracer: &tracer,
        ..Start::default()
    };
    let mut served = site.start(&how).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(served.stop(), Ok(0), "{}", served.stderr());
}
