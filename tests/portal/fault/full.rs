//! A disk that is full: a small file system in memory, filled under load. Where nobody may mount one, a file that may not grow stands for it.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::fault::load::Load;
use crate::fault::outcome;
use crate::fault::site::Site;
use crate::fault::site::Start;
use crate::harness::Browser;

const SIZE: &str = "size=48m";

/// A mounted file system; unmounted when the story ends.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(at: &'a Path) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let output = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "tmpfs"])
            .arg(at)
            .output();
        output
            .is_ok_and(|output| output.status.success())
            .then_some(Self(at))
    }

    /// Writes until there is no room for one more byte.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _tried = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_politely_and_goes_on_with_room() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let Some(disk) = Disk::mount(&data) else {
        println!(
            "a full disk: no file system can be mounted here, so a limit on the size of files stands for it"
        );
        return limited();
    };
    let site = Arc::new(Site::new_in(folder, 600));
    let mut load = Load::begin(&site, Duration::from_millis(20));
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    for _ in 0..2 {
        load.wait_more(10);
        disk.fill();
        let before = refused(&load);
        load.wait_until("refusals", |known| {
            known.refused.values().sum::<usize>() > before + 5
        });
        assert!(!served.has_ended(), "{}", served.stderr());
        // What is public stays readable.
        Browser::new(&served.url).get("/checkpoint.latest").ok();
        disk.make_room();
        load.wait_more(10);
        served.wait_ready_says("\"published\":true");
    }
    load.end();
    assert_eq!(served.stop(), Ok(0), "{}", served.stderr());
    let statuses: Vec<u16> = load.known().refused.keys().copied().collect();
    assert_eq!(statuses, [503], "{}", served.stderr());
    outcome::check(&site, &load.known(), "a full disk");
    drop(served);
    // Or the folder around it could not be removed.
    drop(disk);
}

fn refused(load: &Load) -> usize {
    load.known().refused.values().sum()
}

/// Every file is at its limit at once; room is made by a start without it.
fn limited() {
    let site = Arc::new(Site::new(600));
    let mut load = Load::begin(&site, Duration::from_millis(20));
    let how = Start {
        shell: "trap '' XFSZ; ulimit -f 1500;",
        ..Start::default()
    };
    let mut served = site.start(&how).unwrap();
    load.go_to(&[&served.url]);
    load.wait_until("refusals", |known| known.refused.values().sum::<usize>() > 5);
    load.go_to(&[]);
    assert!(!served.has_ended(), "{}", served.stderr());
    served.kill();
    let mut served = site.serve();
    load.go_to(&[&served.url]);
    load.wait_more(10);
    load.end();
    assert_eq!(served.stop(), Ok(0), "{}", served.stderr());
    outcome::check(&site, &load.known(), "a full disk");
}
