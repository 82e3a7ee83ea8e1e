//! The program `metadata-merge`. Each command is a module of the library.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ArgMatches;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use metadata_merge::conformance::Reference;
use metadata_merge::laws::Profile;
use metadata_merge::resource::{self, Resource};
use metadata_merge_cli::output::{print, tell};
use metadata_merge_cli::{adapter, check, diff, lines, patch, reconcile, vectors, walkthrough};

use self::arguments::{command, is_option_of_check};

mod arguments;

fn main() -> ExitCode {
    let done = match command().try_get_matches() {
        Ok(matches) => run(&matches),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            let _ = error.print();
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(one_line(&error)),
    };
    done.unwrap_or_else(|why| {
        tell(&format!("metadata-merge: {why}"));
        ExitCode::from(2)
    })
}

/// Returns the first paragraph of a usage error as one line.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let paragraph: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    format!("{} (try --help)", paragraph.join(" ").trim_start_matches("error: "))
}

fn run(matches: &ArgMatches) -> Result<ExitCode, String> {
    match matches.subcommand() {
        Some(("patch", arguments)) => {
            needs(arguments, "limits", "resource", "--resource <NAME>")?;
            needs(arguments, "threads", "lines", "--lines")?;
            let options = patch::Options {
                resource: resource_of(arguments),
                limits: if arguments.get_flag("limits") { patch::Limits::Judged } else { patch::Limits::Ignored },
                output: if arguments.get_flag("dry-run") { patch::Output::Changes } else { patch::Output::Document },
                format: format_of(arguments),
                mask: masked(arguments),
            };
            let (document, patch) = (file(arguments, "DOCUMENT"), file(arguments, "PATCH"));
            if arguments.get_flag("lines") {
                let threads = arguments.get_one("threads").copied().unwrap_or(1_u16);
                return lines::run(document, patch, &options, threads.into());
            }
            patch::run(document, patch, &options)
        }
        Some(("diff", arguments)) => {
            diff::run(file(arguments, "BEFORE"), file(arguments, "AFTER"), resource_of(arguments))?;
            Ok(ExitCode::SUCCESS)
        }
        Some(("reconcile", arguments)) => {
            let forced = arguments.get_flag("force");
            let options = reconcile::Options {
                resource: resource_of(arguments),
                conflicts: if forced { reconcile::Conflicts::Forced } else { reconcile::Conflicts::Kept },
                format: format_of(arguments),
                mask: masked(arguments),
            };
            reconcile::run(["BASE", "MINE", "THEIRS"].map(|name| file(arguments, name)), &options)
        }
        Some(("check", arguments)) => {
            needs(arguments, "seed", "random", "--random <N>")?;
            let command: Vec<OsString> = arguments.get_many("COMMAND").into_iter().flatten().cloned().collect();
            if let Some(option) = command.iter().skip(1).find(|argument| is_option_of_check(argument)) {
                let option = option.to_string_lossy();
                tell(&format!("note: {option} is passed to the adapter; options of check come before COMMAND"));
            }
            check::run(&check::Options {
                samples: check::Samples {
                    count: arguments.get_one("random").copied().unwrap_or(0),
                    seed: arguments.get_one("seed").copied().unwrap_or_else(seed_of_now),
                    profile: profile(arguments),
                    until: check::Until::End,
                },
                timeout: arguments.get_one("timeout").copied().unwrap_or(Duration::from_secs(10)),
                format: if arguments.get_flag("json") { check::Format::Json } else { check::Format::Text },
                command,
            })
        }
        Some(("adapter", _)) => adapter::run(&mut Reference).map(|()| ExitCode::SUCCESS),
        Some(("vectors", _)) => print(&vectors::document()).map(|()| ExitCode::SUCCESS),
        _ => {
            let story = walkthrough::story().map_err(|error| error.to_string())?;
            print(&story).map(|()| ExitCode::SUCCESS)
        }
    }
}

/// Returns an error if an option is given without the option that it needs. The error of clap does
/// not name the first one.
fn needs(arguments: &ArgMatches, option: &str, needed: &str, usage: &str) -> Result<(), String> {
    let given = |option| arguments.value_source(option) == Some(ValueSource::CommandLine);
    if given(option) && !given(needed) { Err(format!("--{option} needs {usage} (try --help)")) } else { Ok(()) }
}

fn file<'m>(arguments: &'m ArgMatches, name: &str) -> &'m OsStr {
    arguments.get_one::<OsString>(name).map(OsString::as_os_str).unwrap_or_default()
}

fn resource_of(arguments: &ArgMatches) -> Option<Resource<'static>> {
    let name: &String = arguments.get_one("resource")?;
    resource::ALL.iter().find(|resource| resource.name == name).copied()
}

fn format_of(arguments: &ArgMatches) -> patch::Format {
    if arguments.get_flag("json") { patch::Format::Json } else { patch::Format::Text }
}

fn masked(arguments: &ArgMatches) -> Vec<String> {
    arguments.get_many("mask").into_iter().flatten().cloned().collect()
}

fn profile(arguments: &ArgMatches) -> Profile {
    let profile = Profile::new();
    let profile = if arguments.get_flag("exact-numbers") { profile.with_exact_numbers() } else { profile };
    if arguments.get_flag("no-nul") { profile.without_nul() } else { profile }
}

fn seed_of_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_secs() ^ u64::from(now.subsec_nanos())
}
