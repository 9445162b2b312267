//! This installation's keys on disk: PKCS#8 PEM files, mode 0600, in one folder. Absent: what is signed with them.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use anyhow::bail;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::ledger::note::KeyName;
use crate::ledger::note::NoteSigner;
use crate::ledger::note::Vkey;
use crate::ledger::policy::POLICY_SIZE_BYTES_MAX;
use crate::ledger::policy::Policy;
use crate::service::publish::Publisher;

/// The log's signing key.
pub const LOG_KEY: &str = "log.key";
/// The log's key that follows, made ahead of its `logkey` entry.
pub const NEXT_LOG_KEY: &str = "log.next.key";
/// The log's second key, ML-DSA-44, where `log_ml_dsa` is set: its seed, 32 bytes.
pub const ML_DSA_LOG_KEY: &str = "log.ml-dsa-44.key";
/// The witnesses' policy (C2SP tlog-policy), public; where there is none, no witness is asked.
pub const POLICY: &str = "policy";
/// The command line's officer key.
pub const OFFICER_KEY: &str = "officer.key";
/// Mixed into the hash of six-digit codes, so that the database alone does not give them away.
pub const PEPPER: &str = "pepper";

/// Fewer bytes of it would be no secret.
const PEPPER_BYTES_MIN: usize = 32;

/// What a running portal needs.
#[derive(Clone)]
pub struct Keys {
    /// Signs checkpoints, and knows which witnesses are asked.
    pub log: Arc<Publisher>,
    /// See [`PEPPER`].
    pub pepper: Arc<Zeroizing<Vec<u8>>>,
    /// Where they are.
    pub folder: PathBuf,
}

impl Keys {
    /// Those of an installation, as its settings say.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let mut keys = Self::load(&config.keys_dir(), &config.origin)?;
        if config.log_ml_dsa {
            let seed = load_seed(&keys.folder.join(ML_DSA_LOG_KEY))?;
            let log = Arc::get_mut(&mut keys.log).context("the log's keys are in use")?;
            log.set_ml_dsa(*seed)?;
        }
        Ok(keys)
    }

    /// Loads what [`generate`] made; a missing file says which command makes it.
    pub fn load(folder: &Path, origin: &str) -> anyhow::Result<Self> {
        let key = load_key(&folder.join(LOG_KEY))?;
        let name = KeyName::parse(origin).with_context(|| format!("origin {origin:?}"))?;
        let mut log = Publisher::new(NoteSigner::new(name.clone(), key)?);
        if folder.join(NEXT_LOG_KEY).exists() {
            log = log.with_next(NoteSigner::new(name, load_key(&folder.join(NEXT_LOG_KEY))?)?);
        }
        if let Some(policy) = load_policy(folder)? {
            log = log
                .with_policy(policy)
                .with_context(|| format!("{}", folder.join(POLICY).display()))?;
        }
        let pepper = Arc::new(Zeroizing::new(read_private(&folder.join(PEPPER))?));
        if pepper.len() < PEPPER_BYTES_MIN {
            bail!(
                "{} is cut short; take it from your backup, or delete it and run `ikrar keygen`: only codes sent in the last minutes stop working",
                folder.join(PEPPER).display()
            );
        }
        Ok(Self {
            log: Arc::new(log),
            pepper,
            folder: folder.to_owned(),
        })
    }
}

/// The installation's policy, where it has one.
pub fn load_policy(folder: &Path) -> anyhow::Result<Option<Policy>> {
    let path = folder.join(POLICY);
    let shown = path.display();
    let size_max = u64::try_from(POLICY_SIZE_BYTES_MAX).unwrap_or(u64::MAX);
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Ok(found) if found.len() > size_max => bail!("{shown} is larger than any policy"),
        _ => {}
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {shown}"))?;
    let policy = Policy::parse(&text).with_context(|| format!("{shown} is no policy"))?;
    Ok(Some(policy))
}

/// Makes the files that are missing; names those it made. Never replaces one.
pub fn generate(folder: &Path) -> anyhow::Result<Vec<&'static str>> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let mut made = Vec::new();
    for name in [LOG_KEY, OFFICER_KEY, PEPPER] {
        let path = folder.join(name);
        if path.exists() {
            continue;
        }
        if name == PEPPER {
            write_private(&path, Zeroizing::new(crate::app::random::<32>()?).as_slice())?;
        } else {
            write_key(&path)?;
        }
        made.push(name);
    }
    Ok(made)
}

/// Loads an Ed25519 key from a PKCS#8 PEM file that nobody else may read.
pub fn load_key(path: &Path) -> anyhow::Result<SigningKey> {
    let pem = Zeroizing::new(
        String::from_utf8(read_private(path)?).with_context(|| format!("{} is no PEM", path.display()))?,
    );
    SigningKey::from_pkcs8_pem(&pem)
        .with_context(|| format!("{} is no Ed25519 key in PKCS#8", path.display()))
}

/// Loads the seed of an ML-DSA-44 key from a file that nobody else may read.
pub fn load_seed(path: &Path) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(read_private(path)?);
    let seed: &[u8; 32] = bytes
        .as_slice()
        .try_into()
        .with_context(|| format!("{} is cut short", path.display()))?;
    Ok(Zeroizing::new(*seed))
}

/// Makes the ML-DSA-44 key where it is missing; whether it did.
pub fn generate_ml_dsa(folder: &Path) -> anyhow::Result<bool> {
    make_seed(&folder.join(ML_DSA_LOG_KEY))
}

/// Makes the log's next key; whether it was missing.
pub fn generate_next(folder: &Path) -> anyhow::Result<bool> {
    make_key(&folder.join(NEXT_LOG_KEY))
}

/// Makes an Ed25519 key in a file of its own, where there is none; whether it did.
pub fn make_key(path: &Path) -> anyhow::Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    write_key(path)?;
    Ok(true)
}

/// Makes the seed of an ML-DSA-44 key in a file of its own, where there is none; whether it did.
pub fn make_seed(path: &Path) -> anyhow::Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    let seed = Zeroizing::new(crate::app::random::<32>()?);
    write_private(path, seed.as_slice())?;
    Ok(true)
}

/// Puts the next key in the place of the log's key, which stays beside it under its id. Each step is durable before the next; killed
/// between two, running it again finishes.
pub fn rotate(folder: &Path, old: &Vkey) -> anyhow::Result<PathBuf> {
    let kept = folder.join(format!("log.{:08x}.key", old.id()));
    let sync = || File::open(folder)?.sync_all();
    if !kept.exists() {
        std::fs::hard_link(folder.join(LOG_KEY), &kept)
            .and_then(|()| sync())
            .with_context(|| format!("keep the old key as {}", kept.display()))?;
    }
    std::fs::rename(folder.join(NEXT_LOG_KEY), folder.join(LOG_KEY))
        .and_then(|()| sync())
        .with_context(|| {
            format!(
                "put the next key in the place of {}",
                folder.join(LOG_KEY).display()
            )
        })?;
    Ok(kept)
}

fn write_key(path: &Path) -> anyhow::Result<()> {
    let secret = Zeroizing::new(crate::app::random::<32>()?);
    let pem = SigningKey::from_bytes(&secret)
        .to_pkcs8_pem(LineEnding::LF)
        .context("encode the key")?;
    write_private(path, pem.as_bytes())
}

fn read_private(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let bytes = std::fs::read(path)
        .with_context(|| format!("read {shown}; `ikrar keygen` makes this installation's keys"))?;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!(
            "{shown} can be read by others (mode {:o}); run `chmod 600 {shown}`",
            mode & 0o777
        );
    }
    Ok(bytes)
}

fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // A key that is lost in a power cut after something was signed with it is lost for ever: its name has to be durable too.
        path.parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(generate(folder.path()).unwrap(), [LOG_KEY, OFFICER_KEY, PEPPER]);
        let before = std::fs::read(folder.path().join(LOG_KEY)).unwrap();
        assert!(generate(folder.path()).unwrap().is_empty());
        assert_eq!(std::fs::read(folder.path().join(LOG_KEY)).unwrap(), before);
        Keys::load(folder.path(), "ikrar.example/2024").unwrap();
    }

    #[test]
    fn a_pepper_that_was_cut_short_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        generate(folder.path()).unwrap();
        for length in [0, 31] {
            let file = File::options()
                .write(true)
                .open(folder.path().join(PEPPER))
                .unwrap();
            file.set_len(length).unwrap();
            let refused = Keys::load(folder.path(), "ikrar.example/2024").err().unwrap();
            assert!(refused.to_string().contains("cut short"), "{refused}");
        }
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        generate(folder.path()).unwrap();
        let path = folder.path().join(LOG_KEY);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(load_key(&path).unwrap_err().to_string().contains("chmod 600"));
    }
}
