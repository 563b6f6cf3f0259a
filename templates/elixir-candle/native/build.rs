// Copied from templates/elixir-candle/native/build.rs: change it there, then run node scripts/copy-templates.mjs.
//! Hands `/info` the versions that were really compiled in: the compiler's own word, and the lock file's.

use std::{env, fs, process::Command};

const REPORTED: [&str; 2] = ["candle-core", "rustler"];

fn main() {
    println!("cargo::rerun-if-changed=Cargo.lock");

    let rustc = env::var("RUSTC").expect("cargo sets RUSTC");
    let output = Command::new(rustc).arg("--version").output();
    let answer = String::from_utf8(output.expect("rustc runs").stdout).expect("rustc answers in UTF-8");
    let version = answer.split_whitespace().nth(1).expect("rustc <version> …");
    println!("cargo::rustc-env=RUSTC_VERSION={version}");

    let lock = fs::read_to_string("Cargo.lock").expect("Cargo.lock lies beside build.rs");
    for package in REPORTED {
        let version = locked_version(&lock, package).expect("a dependency stands in Cargo.lock");
        let variable = package.to_uppercase().replace('-', "_");
        println!("cargo::rustc-env={variable}_VERSION={version}");
    }
}

/// The version in the `[[package]]` entry of that name: the line below the name, by the lock file's fixed layout.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| **line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}
