//! A whole database into one file and back, while others write: SQLite by `VACUUM INTO`, PostgreSQL by `pg_dump` and `pg_restore`.
//!
//! A password never stands on a command line. Absent: what else belongs to a backup.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use diesel::Connection;
use diesel::RunQueryDsl;
use diesel::sql_types::Text;

use crate::store::Conn;
use crate::store::DatabaseUrl;
use crate::store::StoreError;

/// Writes what is committed at this moment into a file that is not there yet.
pub fn copy_to(url: &DatabaseUrl, file: &Path) -> Result<(), StoreError> {
    let mut conn = url.connect()?;
    match &mut conn {
        Conn::Sqlite(conn) => {
            diesel::sql_query("VACUUM INTO $1")
                .bind::<Text, _>(file.to_string_lossy())
                .execute(conn)?;
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => dump(&url.0, conn, file)?,
    }
    Ok(File::open(file)?.sync_all()?)
}

/// Puts a copy in place: an SQLite file that is not there yet, or a PostgreSQL database without tables.
pub fn restore_from(url: &DatabaseUrl, file: &Path) -> Result<(), StoreError> {
    if url.is_postgres() {
        return run(&url.0, "pg_restore", |command| {
            command
                .args([
                    "--exit-on-error",
                    "--single-transaction",
                    "--no-owner",
                    "--no-privileges",
                ])
                .arg("--dbname")
                .arg(without_password(&url.0).0)
                .arg("--")
                .arg(file);
        })
        .map(drop);
    }
    let target = Path::new(url.path());
    let aside = target.with_extension("restoring");
    std::fs::copy(file, &aside)?;
    File::open(&aside)?.sync_all()?;
    std::fs::rename(&aside, target)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?)
}

/// Whether nothing is where a database would be restored to.
pub fn is_vacant(url: &DatabaseUrl) -> Result<bool, StoreError> {
    if !url.is_postgres() {
        return Ok(!Path::new(url.path()).exists());
    }
    let mut conn = url.connect()?;
    Ok(crate::store::has_no_tables(&mut conn))
}

/// Opens a copy that nobody writes to, and does not touch its file.
pub fn open_copy(file: &Path) -> Result<Conn, StoreError> {
    let path: String = file
        .to_string_lossy()
        .chars()
        .map(|c| match c {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            c => c.to_string(),
        })
        .collect();
    let uri = format!("file:{path}?mode=ro&immutable=1");
    diesel::SqliteConnection::establish(&uri)
        .map(Conn::Sqlite)
        .map_err(|e| StoreError::Connect(e.to_string()))
}

/// Whether a dump can be read to its end.
pub fn check_dump(file: &Path) -> Result<(), StoreError> {
    run("", "pg_restore", |command| {
        command.args(["--file", "/dev/null", "--"]).arg(file);
    })
    .map(drop)
}

/// How many entries the ledger in a dump has, without restoring it.
pub fn ledger_size_of_dump(file: &Path) -> Result<u64, StoreError> {
    let text = run("", "pg_restore", |command| {
        command
            .args(["--data-only", "--table", "ledger_head", "--file", "-", "--"])
            .arg(file);
    })?;
    let mut lines = text
        .lines()
        .skip_while(|line| !line.starts_with("COPY ") || !line.contains("ledger_head (id, size,"));
    let row = lines.nth(1).filter(|row| *row != "\\.");
    let Some(row) = row else { return Ok(0) };
    row.split('\t')
        .nth(1)
        .and_then(|size| size.parse().ok())
        .ok_or_else(|| StoreError::Damaged("the dump's ledger_head".to_owned()))
}

/// The tables of the connection's own schema, and no schema itself: `public` is in every database already.
#[cfg(feature = "postgres")]
fn dump(url: &str, conn: &mut diesel::PgConnection, file: &Path) -> Result<(), StoreError> {
    use diesel::dsl::sql;
    let schema: String = diesel::select(sql::<Text>("current_schema()::text")).get_result(conn)?;
    let tables = format!("\"{}\".*", schema.replace('"', "\"\""));
    run(url, "pg_dump", |command| {
        command
            .args(["--format=custom", "--no-owner", "--no-privileges"])
            .args(["--table", &tables, "--file"])
            .arg(file)
            .arg("--dbname")
            .arg(without_password(url).0);
    })
    .map(drop)
}

/// Runs a program of PostgreSQL, its password in its environment alone.
fn run(url: &str, program: &str, prepare: impl FnOnce(&mut Command)) -> Result<String, StoreError> {
    let mut command = Command::new(program);
    prepare(&mut command);
    if let Some(password) = without_password(url).1 {
        command.env("PGPASSWORD", password);
    }
    let output = command.stdin(Stdio::null()).output().map_err(|e| {
        StoreError::Connect(format!(
            "cannot run {program}, which PostgreSQL's client package has: {e}"
        ))
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(StoreError::Connect(format!("{program}: {}", said.trim())))
}

/// A PostgreSQL address without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (user, hosts) = authority
        .rsplit_once('@')
        .map_or((None, authority), |(user, hosts)| (Some(user), hosts));
    let (user, mut password) = match user.map(|user| (user, user.split_once(':'))) {
        Some((_, Some((user, password)))) => (Some(user), Some(decode(password))),
        Some((user, None)) => (Some(user), None),
        None => (None, None),
    };
    let (path, query) = behind.split_once('?').unwrap_or((behind, ""));
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.strip_prefix("password=") {
            Some(found) => password = Some(decode(found)),
            None => kept.push(pair),
        }
    }
    let mut bare = format!("{scheme}://");
    if let Some(user) = user {
        bare.push_str(user);
        bare.push('@');
    }
    bare.push_str(hosts);
    bare.push_str(path);
    if !kept.is_empty() {
        bare.push('?');
        bare.push_str(&kept.join("&"));
    }
    (bare, password)
}

/// Undoes percent-encoding; what is none stays.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let coded = (*first == b'%')
            .then(|| behind.split_first_chunk::<2>())
            .flatten()
            .and_then(|(digits, behind)| {
                let digits = std::str::from_utf8(digits).ok()?;
                Some((u8::from_str_radix(digits, 16).ok()?, behind))
            });
        let (byte, behind) = coded.unwrap_or((*first, behind));
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_stands_in_the_address() {
        for (url, bare, password) in [
            ("postgres://u:p@h:5432/d", "postgres://u@h:5432/d", Some("p")),
            (
                "postgres://u:a%40b%2F%zz@h/d?x=1",
                "postgres://u@h/d?x=1",
                Some("a@b/%zz"),
            ),
            ("postgres://u@h/d", "postgres://u@h/d", None),
            (
                "postgres:///d?host=/run&password=s%20t&user=u",
                "postgres:///d?host=/run&user=u",
                Some("s t"),
            ),
            ("postgres://h", "postgres://h", None),
            (
                "postgres://u:p@h?sslmode=require",
                "postgres://u@h?sslmode=require",
                Some("p"),
            ),
        ] {
            let (found, secret) = without_password(url);
            assert_eq!((found.as_str(), secret.as_deref()), (bare, password), "{url}");
        }
    }

    #[test]
    fn a_copy_taken_while_others_write_is_whole_and_stays_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::new(folder.path().join("db.sqlite").to_string_lossy());
        let mut conn = url.connect().unwrap();
        crate::store::migrate(&mut conn).unwrap();
        crate::store::journal::insert(&mut conn, 60, None, None, "people-viewed", "a").unwrap();
        let copy = folder.path().join("a copy? of 100%.sqlite");
        crate::store::write::<_, StoreError>(&mut conn, |conn| {
            crate::store::journal::insert(conn, 60, None, None, "people-viewed", "b")?;
            copy_to(&url, &copy)
        })
        .unwrap();
        assert!(copy_to(&url, &copy).is_err(), "nothing is ever written over");
        let before = std::fs::read(&copy).unwrap();
        let mut read = open_copy(&copy).unwrap();
        assert_eq!(
            crate::store::journal::list_newest(&mut read, 9, 9).unwrap().len(),
            1
        );
        assert!(crate::store::journal::insert(&mut read, 60, None, None, "x", "y").is_err());
        drop(read);
        assert_eq!(std::fs::read(&copy).unwrap(), before);
        let other = DatabaseUrl::new(folder.path().join("other.sqlite").to_string_lossy());
        assert!(is_vacant(&other).unwrap() && !is_vacant(&url).unwrap());
        restore_from(&other, &copy).unwrap();
        assert!(!crate::store::migrations_pending(&mut other.connect().unwrap()).unwrap());
    }
}
