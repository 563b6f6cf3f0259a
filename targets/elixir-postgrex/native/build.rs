// Copied from templates/elixir-native/native/build.rs: change it there, then run node scripts/copy-templates.mjs.
//! Hands `/info` the versions that were really compiled in: the compiler's own word, and the lock file's.

use std::{collections::BTreeMap, env, fs, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=Cargo.lock");

    let rustc = env::var("RUSTC").expect("cargo sets RUSTC");
    let output = Command::new(rustc).arg("--version").output();
    let answer = String::from_utf8(output.expect("rustc runs").stdout).expect("rustc answers in UTF-8");
    let version = answer.split_whitespace().nth(1).expect("rustc <version> …");
    println!("cargo::rustc-env=RUSTC_VERSION={version}");

    let lock = fs::read_to_string("Cargo.lock").expect("Cargo.lock lies beside build.rs");
    for (package, version) in locked(&lock) {
        let variable = package.to_uppercase().replace('-', "_");
        println!("cargo::rustc-env={variable}_VERSION={version}");
    }
}

/// Name and version of every `[[package]]`, by the lock file's fixed layout: the version is the line below the name. What is there
/// in several versions is told by the first.
fn locked(lock: &str) -> BTreeMap<&str, &str> {
    let mut versions = BTreeMap::new();
    for (name, version) in lock.lines().zip(lock.lines().skip(1)) {
        if let (Some(name), Some(version)) = (quoted(name, "name = "), quoted(version, "version = ")) {
            versions.entry(name).or_insert(version);
        }
    }
    versions
}

fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix('"')?.strip_suffix('"')
}
