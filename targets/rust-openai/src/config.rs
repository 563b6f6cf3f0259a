//! What the container's environment says.

use std::{fmt, thread, time::Duration};

#[derive(Debug)]
pub struct Config {
    pub port: u16,
    pub cores: usize,
    pub base_url: String,
    pub api_key: String,
    pub model: String,
    /// The longest silence of the upstream that is waited for.
    pub silence: Duration,
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

impl Config {
    pub fn from_env(env: impl Fn(&str) -> Option<String>) -> Result<Self, BadSetting> {
        let text = |name: &'static str| env(name).filter(|value| !value.is_empty()).ok_or(BadSetting::Missing(name));
        let number = |name: &'static str, fallback: u16| match env(name) {
            None => Ok(fallback),
            Some(value) => match value.parse() {
                Ok(number) if number > 0 => Ok(number),
                _ => Err(BadSetting::NotPositive { name, value }),
            },
        };
        let seen = thread::available_parallelism().map_or(1, |n| n.get() as u16);
        Ok(Self {
            port: number("PORT", 8080)?,
            cores: number("CORES", seen)?.into(),
            base_url: text("OPENAI_BASE_URL")?,
            api_key: text("OPENAI_API_KEY")?,
            model: text("OPENAI_MODEL")?,
            silence: Duration::from_millis(number("UPSTREAM_TIMEOUT_MS", 60_000)?.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_missing_or_no_positive_number_is_refused() {
        let with = |port: &'static str| move |name: &str| Some(if name == "PORT" { port } else { "1" }.to_owned());
        assert_eq!(Config::from_env(with("9")).unwrap().port, 9);
        assert!(matches!(Config::from_env(with("0")), Err(BadSetting::NotPositive { name: "PORT", .. })));
        assert!(matches!(Config::from_env(|_| None), Err(BadSetting::Missing("OPENAI_BASE_URL"))));
    }
}
