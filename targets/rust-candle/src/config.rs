//! What the container's environment says.

use std::{fmt, path::PathBuf, thread};

/// How many connections a core shares. More of them only split what PostgreSQL could have read and answered in one go.
const CONNECTIONS_PER_CORE: usize = 2;

#[derive(Debug)]
pub struct Config {
    pub port: u16,
    /// Threads that serve.
    pub workers: usize,
    pub database_url: String,
    /// Connections of the whole process.
    pub database_pool: usize,
    pub model: PathBuf,
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
        let text = |name: &'static str| env(name).filter(|value| !value.is_empty());
        let number = |name: &'static str, fallback: u16| match text(name) {
            None => Ok(fallback),
            Some(value) => match value.parse() {
                Ok(number) if number > 0 => Ok(number),
                _ => Err(BadSetting::NotPositive { name, value }),
            },
        };
        let seen = thread::available_parallelism().map_or(1, |n| n.get() as u16);
        let cores = number("CORES", seen)?;
        let connections = cores.saturating_mul(CONNECTIONS_PER_CORE as u16);
        Ok(Self {
            port: number("PORT", 8080)?,
            workers: number("WORKERS", cores)?.into(),
            database_url: text("DATABASE_URL").ok_or(BadSetting::Missing("DATABASE_URL"))?,
            database_pool: number("DATABASE_POOL", connections)?.into(),
            model: PathBuf::from(text("MODEL_DIR").unwrap_or_else(|| "/models".to_owned())).join("ranknet.safetensors"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(settings: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn workers_and_connections_follow_the_cores_unless_they_are_named() {
        let database = ("DATABASE_URL", "postgres://db");
        let config = Config::from_env(env(&[database, ("CORES", "3")])).unwrap();
        assert_eq!((config.workers, config.database_pool), (3, 6));

        let named = [database, ("CORES", "3"), ("WORKERS", "16"), ("DATABASE_POOL", "1")];
        let config = Config::from_env(env(&named)).unwrap();
        assert_eq!((config.workers, config.database_pool), (16, 1));
    }

    #[test]
    fn a_setting_that_is_missing_or_no_positive_number_is_refused() {
        assert_eq!(Config::from_env(env(&[])).unwrap_err(), BadSetting::Missing("DATABASE_URL"));
        for value in ["zero", "0", "-1", "1.5"] {
            let error = Config::from_env(env(&[("DATABASE_URL", "x"), ("CORES", value)])).unwrap_err();
            assert_eq!(error, BadSetting::NotPositive { name: "CORES", value: value.to_owned() });
        }
    }
}
