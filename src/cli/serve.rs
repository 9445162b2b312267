//! `ikrar serve`: the portal, its mailer and its hourly chores until SIGTERM or Ctrl-C.

use std::io::IsTerminal;
use std::net::TcpListener;

use anyhow::Context;
use clap::Args;

use crate::app::App;
use crate::app::witnesses;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::Logging;
use crate::web;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address and port, instead of the configuration's.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
}

pub(super) fn run(mut config: Config, args: &ServeArgs, clock: Clock) -> anyhow::Result<()> {
    if let Some(listen) = &args.listen {
        config.web.listen.clone_from(listen);
    }
    config.check()?;
    start_logging(&config.logging)?;
    let listen = config.web.listen.clone();
    let listener = TcpListener::bind(&listen).with_context(|| format!("listen on {listen}"))?;
    let app = App::open(config, clock)?;
    run_until_stopped(&app, listener, |app| {
        println!("ready {}", app.config().web.public_url);
    })
}

/// Runs web server and mailer together; `ready` is called once connections are taken.
pub(super) fn run_until_stopped(
    app: &App,
    listener: TcpListener,
    ready: impl FnOnce(&App),
) -> anyhow::Result<()> {
    let _asking = witnesses::start(app)?;
    web::run(app, listener, crate::mail::drain_for_ever(app.clone()), || {
        ready(app);
    })?;
    Ok(())
}

/// Starts the program's own log, on standard error.
pub(super) fn start_logging(logging: &Logging) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&logging.filter)
        .with_context(|| format!("logging.filter {:?}", logging.filter))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = if logging.json {
        builder.json().try_init()
    } else {
        builder.with_target(false).try_init()
    };
    started.map_err(|e| anyhow::anyhow!("start logging: {e}"))
}
