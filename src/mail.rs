//! Draining the outbox through SMTP or into a folder. Links and codes are made here, when a mail is sent.

use std::time::Duration;

use crate::app::App;

/// Sends what is due, for ever.
pub async fn drain_for_ever(app: App) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let _ = &app;
    }
}
