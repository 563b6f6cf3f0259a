// Copied from templates/rust/src/settings.rs: change it there, then run node scripts/copy-templates.mjs.
//! What the container's environment says.
#![allow(dead_code)] // Not every target needs all of it.

use std::{fmt, thread};

/// What a variable says, by its name.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

pub fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[derive(Debug, PartialEq)]
pub enum BadSetting {
    Missing(&'static str),
    NotPositive { name: &'static str, value: String },
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "{name} is required"),
            Self::NotPositive { name, value } => write!(f, "{name} is {value:?}, want a whole number of at least 1"),
        }
    }
}

impl std::error::Error for BadSetting {}

pub fn port(env: Env) -> Result<u16, BadSetting> {
    number(env, "PORT", 8080)
}

pub fn cores(env: Env) -> Result<u16, BadSetting> {
    number(env, "CORES", thread::available_parallelism().map_or(1, |n| n.get() as u16))
}

/// The whole number that a variable says, the fallback where it says nothing.
pub fn number(env: Env, name: &'static str, fallback: u16) -> Result<u16, BadSetting> {
    match text(env, name) {
        None => Ok(fallback),
        Some(value) => match value.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(BadSetting::NotPositive { name, value }),
        },
    }
}

/// What a variable says that the service cannot do without.
pub fn required(env: Env, name: &'static str) -> Result<String, BadSetting> {
    text(env, name).ok_or(BadSetting::Missing(name))
}

pub fn text(env: Env, name: &str) -> Option<String> {
    env(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only<'a>(name: &'a str, value: &'a str) -> impl Fn(&str) -> Option<String> + 'a {
        move |asked| (asked == name).then(|| value.to_owned())
    }

    #[test]
    fn a_setting_overrides_the_default() {
        assert_eq!(port(&only("PORT", "9")), Ok(9));
        assert_eq!(port(&only("PORT", "")), Ok(8080));
        assert_eq!(cores(&only("CORES", "3")), Ok(3));
    }

    #[test]
    fn a_setting_that_is_missing_or_no_positive_number_is_refused() {
        assert_eq!(required(&only("MODEL", ""), "MODEL"), Err(BadSetting::Missing("MODEL")));
        for value in ["zero", "0", "-1", "1.5"] {
            let refused = BadSetting::NotPositive { name: "CORES", value: value.to_owned() };
            assert_eq!(cores(&only("CORES", value)), Err(refused));
        }
    }
}
