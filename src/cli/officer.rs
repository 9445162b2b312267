//! `ikrar officer`: accounts, roles and keys of those who run the portal. Absent: signers, who come by the roster.

use anyhow::Context;
use anyhow::bail;
use clap::Args;
use clap::Subcommand;

use crate::app;
use crate::cli::desk::Desk;
use crate::config::Config;
use crate::domain::role::Role;
use crate::domain::text::base64_array;
use crate::ledger::encoding::encode_base64;
use crate::ledger::encoding::encode_base64url;
use crate::service::access;
use crate::service::access::Subject;
use crate::service::journal;
use crate::service::officer;
use crate::service::officer::OfficerView;

const ADD_EXAMPLES: &str = "Examples:
  ikrar officer add --email op@example.go.id --name \"Operator\" --role operator --role hr --print-link
  ikrar officer add --email kepala@example.go.id --name \"Kepala Biro\" --role unit_head --unit \"Sekretariat Jenderal > Biro Umum\"

The first call begins the ledger: its first entry names the log and this installation's officer key, for ever.";

/// Who runs the portal.
#[derive(Debug, Subcommand)]
pub enum OfficerCommand {
    /// Add an officer, or give one more roles; a sign-in mail is queued.
    #[command(after_help = ADD_EXAMPLES)]
    Add(AddArgs),
    /// List officers with roles and keys.
    List,
    /// Put the keys in force that an officer made in the browser.
    Approve(WhoseArgs),
    /// End keys: nothing signed with them afterwards counts.
    End(WhoseArgs),
    /// Switch an account off; its sessions end at once. End its keys as well.
    Disable {
        /// The account's address.
        #[arg(long)]
        email: String,
    },
}

/// A new officer.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// Address to sign in with.
    #[arg(long)]
    email: String,
    /// Name as other officers see it.
    #[arg(long)]
    name: String,
    /// A role: hr, unit_head, examiner, auditor or operator. Give it several times for several.
    #[arg(long = "role", required = true, value_name = "ROLE")]
    roles: Vec<Role>,
    /// The unit that the roles hold for, from the top, parts joined by " > "; without it, the whole ministry.
    #[arg(long, value_name = "PATH")]
    unit: Option<String>,
    /// Print a one-time sign-in link too: for the first officer, while no mail works yet.
    #[arg(long)]
    print_link: bool,
}

/// Whose key, or which.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct WhoseArgs {
    /// All keys of this account that the command can be about.
    #[arg(long)]
    email: Option<String>,
    /// One key, as the key page shows it (base64).
    #[arg(long, value_name = "BASE64")]
    key: Option<String>,
}

pub(super) fn run(command: &OfficerCommand, config: Config) -> anyhow::Result<()> {
    let mut desk = Desk::open(config)?;
    match command {
        OfficerCommand::Add(args) => add(&mut desk, args),
        OfficerCommand::List => list(&mut desk),
        OfficerCommand::Approve(whose) => {
            for key in keys_of(&mut desk, whose, "pending")? {
                let nonce = app::random()?;
                let body = desk.read(|conn| officer::draft_approval(conn, key, nonce))?;
                let index = desk.act(body, officer::enter_key)?;
                note_key(&mut desk, index)?;
                println!("Key {} is in force (entry {index}).", encode_base64(&key));
            }
            Ok(())
        }
        OfficerCommand::End(whose) => {
            for key in keys_of(&mut desk, whose, "active")? {
                let nonce = app::random()?;
                let body = desk.read(|conn| officer::draft_end(conn, key, nonce))?;
                let index = desk.act(body, officer::enter_key)?;
                note_key(&mut desk, index)?;
                println!("Key {} has ended (entry {index}).", encode_base64(&key));
            }
            Ok(())
        }
        OfficerCommand::Disable { email } => {
            let now_s = desk.now_s();
            let account = find(&mut desk, email)?;
            let id = account.account.id;
            desk.write(|conn| {
                officer::disable(conn, id, now_s)?;
                journal::note(conn, now_s, None, "officer-disabled", &format!("account {id}"))
            })?;
            println!("{email} can no longer sign in.");
            if account.keys.iter().any(|key| key.state == "active") {
                println!("Keys are still in force: `ikrar officer end --email {email}` ends them.");
            }
            Ok(())
        }
    }
}

fn note_key(desk: &mut Desk, index: u64) -> anyhow::Result<()> {
    let now_s = desk.now_s();
    desk.write(|conn| journal::note(conn, now_s, None, "key-entered", &format!("entry {index}")))
}

fn add(desk: &mut Desk, args: &AddArgs) -> anyhow::Result<()> {
    if desk.begin()? {
        println!("The ledger {} has begun.", desk.origin);
    }
    let now_s = desk.now_s();
    let unit = args.unit.as_deref().map(unit_path).unwrap_or_default();
    let id = desk.write(|conn| {
        let id = officer::add(conn, &args.email, args.name.trim(), &args.roles, &unit, now_s)?;
        journal::note(conn, now_s, None, "officer-added", &format!("account {id}"))?;
        Ok(id)
    })?;
    println!(
        "{} may sign in; a mail with a link is queued and goes out while `ikrar serve` runs.",
        args.email
    );
    if args.print_link {
        println!("One-time link, for half an hour: {}", print_link(desk, id)?);
    }
    println!(
        "To sign acts in the browser, the officer makes a key there; `ikrar officer approve --email {}` puts it in force.",
        args.email
    );
    Ok(())
}

fn print_link(desk: &mut Desk, account_id: i64) -> anyhow::Result<String> {
    let (token, now_s) = (app::random::<32>()?, desk.now_s());
    desk.write(|conn| {
        access::make_link(
            conn,
            Subject::Account(account_id),
            &token,
            now_s,
            access::SIGNIN_LINK_S,
        )
    })?;
    Ok(format!(
        "{}/enter/{}",
        desk.config.web.public_url,
        encode_base64url(&token)
    ))
}

fn list(desk: &mut Desk) -> anyhow::Result<()> {
    let views = desk.read(officer::list_views)?;
    if views.is_empty() {
        println!("No officers yet. `ikrar officer add --help` shows how to add the first.");
    }
    for view in views {
        let off = if view.account.disabled_s.is_some() {
            "  (switched off)"
        } else {
            ""
        };
        println!("{}  {}{off}", view.account.email, view.account.name);
        for (role, unit) in &view.roles {
            let place = if unit.is_empty() {
                "the whole ministry".to_owned()
            } else {
                unit.replace('\u{1f}', " > ")
            };
            println!("  {role}: {place}");
        }
        for key in &view.keys {
            println!(
                "  key {} {} {}",
                encode_base64(&key.public_key),
                key.state,
                key.device
            );
        }
    }
    Ok(())
}

fn find(desk: &mut Desk, email: &str) -> anyhow::Result<OfficerView> {
    let email = email.to_lowercase();
    desk.read(officer::list_views)?
        .into_iter()
        .find(|view| view.account.email == email)
        .with_context(|| format!("there is no officer {email}; `ikrar officer list` shows all"))
}

fn keys_of(desk: &mut Desk, whose: &WhoseArgs, state: &str) -> anyhow::Result<Vec<[u8; 32]>> {
    if let Some(key) = &whose.key {
        let key = base64_array(key).context("a key is 32 bytes in base64, as the key page shows it")?;
        return Ok(vec![key]);
    }
    let email = whose.email.as_deref().unwrap_or_default();
    let keys: Vec<[u8; 32]> = find(desk, email)?
        .keys
        .into_iter()
        .filter(|key| key.state == state)
        .filter_map(|key| key.public_key.try_into().ok())
        .collect();
    if keys.is_empty() {
        bail!("{email} has no key that is {state}");
    }
    Ok(keys)
}

/// `A > B` as it is stored.
fn unit_path(text: &str) -> String {
    let parts: Vec<&str> = text
        .split('>')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("\u{1f}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told_from_the_top() {
        assert_eq!(
            unit_path("Sekretariat Jenderal > Biro Umum"),
            "Sekretariat Jenderal\u{1f}Biro Umum"
        );
        assert_eq!(unit_path(" > "), "");
    }
}
