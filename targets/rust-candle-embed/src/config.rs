//! What the container's environment says.

use std::{fmt, path::PathBuf, thread};

#[derive(Debug, PartialEq)]
pub struct Config {
    pub port: u16,
    pub cores: usize,
    pub model_dir: PathBuf,
}

#[derive(Debug, PartialEq)]
pub struct BadSetting {
    name: &'static str,
    value: String,
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {:?}, want a whole number of at least 1", self.name, self.value)
    }
}

impl std::error::Error for BadSetting {}

impl Config {
    pub fn from_env(env: impl Fn(&str) -> Option<String>) -> Result<Self, BadSetting> {
        let text = |name: &'static str| env(name).filter(|value| !value.is_empty());
        let number = |name: &'static str, fallback: u16| match text(name) {
            None => Ok(fallback),
            Some(value) => match value.parse() {
                Ok(number) if number > 0 => Ok(number),
                _ => Err(BadSetting { name, value }),
            },
        };
        let seen = thread::available_parallelism().map_or(1, |n| n.get() as u16);
        Ok(Self {
            port: number("PORT", 8080)?,
            cores: number("CORES", seen)?.into(),
            model_dir: text("MODEL_DIR").unwrap_or_else(|| "/models/minilm".to_owned()).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_override_the_defaults() {
        let env = |name: &str| (name == "CORES").then(|| "3".to_owned());
        let config = Config { port: 8080, cores: 3, model_dir: "/models/minilm".into() };
        assert_eq!(Config::from_env(env), Ok(config));
    }

    #[test]
    fn a_setting_that_is_no_positive_number_is_refused() {
        for value in ["zero", "0", "-1", "1.5"] {
            let error = Config::from_env(|name| (name == "CORES").then(|| value.to_owned())).unwrap_err();
            assert_eq!(error, BadSetting { name: "CORES", value: value.to_owned() });
        }
    }
}
