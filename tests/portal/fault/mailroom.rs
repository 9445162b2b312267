//! The codes that the portal mailed, by whose they are. Absent: other mails, which are thrown away.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use crate::harness::Mail;

/// See the module.
#[derive(Default)]
pub(super) struct Mailroom {
    seen: BTreeSet<String>,
    newest: BTreeMap<String, PathBuf>,
}

impl Mailroom {
    /// Looks for new mails; whether there was one with a code.
    pub(super) fn look(&mut self, folder: &Path) -> bool {
        let mut came = false;
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|file| file.ok()?.file_name().into_string().ok())
            .filter(|name| Path::new(name).extension().is_some_and(|end| end == "eml"))
            .collect();
        names.sort();
        for name in names {
            let path = folder.join(&name);
            if !name.ends_with("-code.eml") {
                // Receipts would only make the folder long.
                let _gone = std::fs::remove_file(path);
                continue;
            }
            if self.seen.insert(name)
                && let Some(to) = std::fs::read_to_string(&path).ok().and_then(|raw| address(&raw))
            {
                self.newest.insert(to, path);
                came = true;
            }
        }
        came
    }

    /// The newest code of an address. A mail that was sent again, with another code, stands in the same file.
    pub(super) fn code(&self, address: &str) -> Option<String> {
        let path = self.newest.get(address)?;
        Some(Mail::parse(&std::fs::read_to_string(path).ok()?).code())
    }
}

fn address(mail: &str) -> Option<String> {
    let line = mail.lines().find_map(|line| line.strip_prefix("To: "))?;
    let address = line.rsplit('<').next()?.trim_end().trim_end_matches('>');
    Some(address.to_owned())
}
