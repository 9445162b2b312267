//! A connection to the database that is replaced when it is, or may be, of no use, so that one bad moment never ends all writing.

use std::sync::Arc;

use crate::app::witnesses::gate::Gate;
use crate::service::Conn;
use crate::service::DatabaseUrl;
use crate::service::FileId;

/// See the module.
pub(super) struct Link {
    url: DatabaseUrl,
    conn: Conn,
    /// Which file `conn` was opened on.
    file: Option<FileId>,
    /// `conn` is of no use, and no other could be had yet.
    is_broken: bool,
    gate: Arc<Gate>,
}

impl Link {
    /// Around a connection to `url`.
    pub(super) fn new(url: DatabaseUrl, conn: Conn, gate: Arc<Gate>) -> Self {
        Self {
            file: url.file(),
            url,
            conn,
            is_broken: false,
            gate,
        }
    }

    /// The connection.
    pub(super) fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// A connection that is known to be of no use is replaced before anything fails on it, and so is one to a file that is no
    /// longer where the database is: what is written there, nobody would find again. Whether it was.
    pub(super) fn check(&mut self) -> bool {
        let is_elsewhere = self.url.file() != self.file;
        if is_elsewhere {
            tracing::error!(
                "the database is another file than it was: was a copy restored under the running portal?"
            );
        }
        (self.is_broken || is_elsewhere) && self.replace()
    }

    /// Puts a fresh connection in the place of one that may be broken; dropping the old one undoes what it had begun. Whether there is one.
    pub(super) fn replace(&mut self) -> bool {
        self.gate.close();
        let file = self.url.file();
        match self.url.reconnect() {
            Ok(conn) => {
                (self.conn, self.file, self.is_broken) = (conn, file, false);
            }
            Err(error) => {
                self.is_broken = true;
                tracing::error!(%error, "no connection to the database; the next request tries again");
            }
        }
        !self.is_broken
    }
}
