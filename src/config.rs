//! One typed configuration, read once: defaults, then a TOML file, then `IKRAR_*` variables. Unknown keys are refused.
//!
//! Absent: a global. Nothing below [`crate::app`] sees [`Config`]; it receives the value it needs. Every setting is explained
//! in `ikrar.example.toml`, which a test reads.

use std::net::IpAddr;
use std::path::Path;
use std::path::PathBuf;

use figment::Figment;
use figment::providers::Env;
use figment::providers::Format;
use figment::providers::Serialized;
use figment::providers::Toml;
use serde::Deserialize;
use serde::Serialize;

/// A value that no log, error or `config show` may print.
#[derive(Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Serialised masked, since the only reader of a serialised configuration is a person.
impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "***" })
    }
}

/// Everything an operator can set.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where database, keys, mail and log go when their own settings do not say otherwise.
    pub data: PathBuf,
    /// `postgres://…` or a path; empty: `db.sqlite` in `data`.
    pub database: Secret,
    /// Database connections at most.
    pub database_connections_max: u32,
    /// Folder of this installation's keys; empty: `keys` in `data`.
    pub keys: PathBuf,
    /// Public log folder; empty: `log` in `data`.
    pub log: PathBuf,
    /// The log's name, fixed for ever by its first entry.
    pub origin: String,
    /// The ministry as pages and mails name it.
    pub ministry: String,
    /// Web server.
    pub web: Web,
    /// Outgoing mail.
    pub mail: Mail,
    /// Complaints.
    pub complaints: Complaints,
    /// A second signature of the log on each checkpoint, ML-DSA-44 beside Ed25519.
    pub log_ml_dsa: bool,
    /// What is logged, and how.
    pub logging: Logging,
    /// Synthetic data: marked on every page, refused over real data.
    pub demo: bool,
}

/// The web server's settings.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Address and port to listen on.
    pub listen: String,
    /// The address people see, without a slash at the end; `https://…` anywhere but on one's own machine.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The largest upload, in bytes.
    pub upload_bytes_max: usize,
    /// Requests a minute from one address. A whole ministry may stand behind one.
    pub requests_per_minute: u32,
    /// Of these, on the routes where guessing pays: sign-in, links, codes.
    pub guesses_per_minute: u32,
    /// Worker threads; 0: one a core.
    pub workers: usize,
}

/// How mail leaves.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// `smtp`, or `folder` for a demo.
    pub transport: MailTransport,
    /// Folder for `folder`; empty: `mail` in `data`.
    pub folder: PathBuf,
    /// SMTP host.
    pub host: String,
    /// SMTP port.
    pub port: u16,
    /// `tls`, `starttls`, or `none` for a server on this machine.
    pub encryption: Encryption,
    /// SMTP user; empty: no authentication.
    pub user: String,
    /// SMTP password.
    pub password: Secret,
    /// Sender.
    pub from: String,
    /// Mails a minute at most.
    pub per_minute_max: u32,
}

/// Where mail goes.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// A mail server.
    Smtp,
    /// One `.eml` file a mail.
    Folder,
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, required.
    Starttls,
    /// None: only to a server on this machine.
    None,
}

/// How complaints are handled.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Complaints {
    /// Who is meant is settled only when a second examiner, of another account, gives the same answer.
    pub two_examiners: bool,
    /// Calendar days after which an undecided complaint is overdue.
    pub overdue_days: u32,
}

/// The program's own log.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logging {
    /// A `tracing` filter, e.g. `info` or `ikrar=debug`.
    pub filter: String,
    /// JSON lines instead of text.
    pub json: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            database: Secret::default(),
            database_connections_max: 8,
            keys: PathBuf::new(),
            log: PathBuf::new(),
            origin: String::new(),
            ministry: "Kementerian Komunikasi dan Informatika".to_owned(),
            web: Web::default(),
            mail: Mail::default(),
            complaints: Complaints::default(),
            log_ml_dsa: false,
            logging: Logging::default(),
            demo: false,
        }
    }
}

impl Default for Web {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            trusted_proxies: Vec::new(),
            upload_bytes_max: 50 * 1024 * 1024,
            requests_per_minute: 6000,
            guesses_per_minute: 600,
            workers: 0,
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            transport: MailTransport::Smtp,
            folder: PathBuf::new(),
            host: "localhost".to_owned(),
            port: 587,
            encryption: Encryption::Starttls,
            user: String::new(),
            password: Secret::default(),
            from: "Ikrar <ikrar@localhost>".to_owned(),
            per_minute_max: 600,
        }
    }
}

impl Default for Complaints {
    fn default() -> Self {
        Self {
            two_examiners: false,
            overdue_days: 7,
        }
    }
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
            json: false,
        }
    }
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or a variable does not fit.
    #[error("{0}")]
    Read(Box<figment::Error>),
    /// A value cannot work.
    #[error("{setting}: {problem}")]
    Value {
        /// The setting's name.
        setting: &'static str,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl Config {
    /// Reads `file` (which must exist when given), then `IKRAR_*` variables: `IKRAR_MAIL__HOST` is `mail.host`.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = file {
            figment = figment.merge(Toml::file_exact(path));
        }
        figment
            .merge(Env::prefixed("IKRAR_").ignore(&["config"]).split("__"))
            .extract()
            .map_err(|e| ConfigError::Read(Box::new(e)))
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        if self.database.expose().is_empty() {
            self.data.join("db.sqlite").to_string_lossy().into_owned()
        } else {
            self.database.expose().to_owned()
        }
    }

    /// The folder of this installation's keys.
    pub fn keys_dir(&self) -> PathBuf {
        self.or_in_data(&self.keys, "keys")
    }

    /// The public log folder.
    pub fn log_dir(&self) -> PathBuf {
        self.or_in_data(&self.log, "log")
    }

    /// The folder mails are written to by the `folder` transport.
    pub fn mail_dir(&self) -> PathBuf {
        self.or_in_data(&self.mail.folder, "mail")
    }

    fn or_in_data(&self, path: &Path, name: &str) -> PathBuf {
        if path.as_os_str().is_empty() {
            self.data.join(name)
        } else {
            path.to_owned()
        }
    }

    /// Refuses values that parse but cannot work.
    pub fn check(&self) -> Result<(), ConfigError> {
        let refuse = |setting, problem: &str| {
            Err(ConfigError::Value {
                setting,
                problem: problem.to_owned(),
            })
        };
        let url = &self.web.public_url;
        let local = url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost");
        if !url.starts_with("https://") && !local {
            return refuse(
                "web.public_url",
                "must begin with https:// (browsers sign only on a secure page); http:// works for 127.0.0.1 and localhost alone",
            );
        }
        if url.ends_with('/') {
            return refuse("web.public_url", "leave the slash at the end out");
        }
        if self.web.listen.parse::<std::net::SocketAddr>().is_err() {
            return refuse("web.listen", "give an address and a port, e.g. 127.0.0.1:8080");
        }
        if self.origin.is_empty() {
            return refuse(
                "origin",
                "name the log, e.g. ikrar.example.go.id/2024; it can never change",
            );
        }
        if let Err(why) = crate::ledger::note::KeyName::parse(&self.origin) {
            return refuse("origin", &why.to_string());
        }
        if self.database_connections_max < 2 {
            return refuse("database_connections_max", "give at least 2");
        }
        if self.mail.from.parse::<lettre::message::Mailbox>().is_err() {
            return refuse("mail.from", "give an address, e.g. Ikrar <ikrar@example.go.id>");
        }
        Ok(())
    }

    /// The configuration as TOML, secrets masked.
    pub fn show(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(toml: &str) -> Result<Config, ConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), toml).unwrap();
        Config::load(Some(file.path()))
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        let error = load("orign = \"x\"").unwrap_err().to_string();
        assert!(error.contains("orign"), "{error}");
    }

    #[test]
    fn secrets_are_masked_wherever_they_are_printed() {
        let config = load("database = \"postgres://u:hunter2@h/d\"\n[mail]\npassword = \"hunter2\"").unwrap();
        let shown = format!("{config:?}{}", config.show().unwrap());
        assert!(!shown.contains("hunter2") && shown.contains("***"), "{shown}");
        assert_eq!(config.database_url(), "postgres://u:hunter2@h/d");
    }

    #[test]
    fn plain_http_is_for_ones_own_machine() {
        let with = |url: &str| {
            load(&format!("origin = \"o\"\n[web]\npublic_url = \"{url}\""))
                .unwrap()
                .check()
        };
        assert!(with("http://127.0.0.1:8080").is_ok());
        assert!(with("https://ikrar.example.go.id").is_ok());
        assert!(with("http://ikrar.example.go.id").is_err());
    }

    #[test]
    fn the_annotated_example_is_a_valid_configuration_and_names_every_setting() {
        let example = include_str!("../ikrar.example.toml");
        let config = load(example).unwrap();
        config.check().unwrap();
        for line in Config::default().show().unwrap().lines() {
            let key = line.split(" =").next().unwrap_or(line);
            assert!(example.contains(key), "{key} is not in ikrar.example.toml");
        }
    }
}
