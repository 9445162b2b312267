//! A PostgreSQL schema of its own for each test, where `TEST_DATABASE_URL` names a server. Absent: the tables.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use diesel::connection::SimpleConnection;
use ikrar::service::DatabaseUrl;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A schema that this test alone uses.
pub(crate) struct Database {
    server: String,
    schema: String,
    url: String,
}

impl Database {
    /// A fresh schema; none where tests run on SQLite.
    #[expect(clippy::disallowed_methods, reason = "the tests' own setting")]
    pub(crate) fn from_env() -> Option<Self> {
        let server = std::env::var("TEST_DATABASE_URL")
            .ok()
            .filter(|url| !url.is_empty())?;
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let schema = format!("ikrar_test_{}_{number}", std::process::id());
        let mark = if server.contains('?') { '&' } else { '?' };
        let database = Self {
            url: format!("{server}{mark}options=-csearch_path%3D{schema}"),
            server,
            schema,
        };
        database.run(&format!(
            "DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}",
            database.schema
        ));
        Some(database)
    }

    /// The address of the schema.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Removes the schema with all it holds.
    pub(crate) fn remove(&self) {
        self.run(&format!("DROP SCHEMA IF EXISTS {} CASCADE", self.schema));
    }

    fn run(&self, sql: &str) {
        let mut conn = DatabaseUrl::new(self.server.as_str()).connect().unwrap();
        conn.batch_execute(&format!("SET client_min_messages = warning; {sql}"))
            .unwrap();
    }
}
