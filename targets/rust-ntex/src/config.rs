//! What the container's environment says.

use std::path::PathBuf;

use crate::settings::{self, BadSetting, Env};

/// The article's, whatever the cap is.
const WORKERS: u16 = 16;

#[derive(Debug)]
pub struct Config {
    pub port: u16,
    /// Threads that serve, each with a runtime of its own.
    pub workers: usize,
    pub database_url: String,
    pub model: PathBuf,
}

impl Config {
    pub fn from_env(env: Env) -> Result<Self, BadSetting> {
        Ok(Self {
            port: settings::port(env)?,
            workers: settings::number(env, "WORKERS", WORKERS)?.into(),
            database_url: settings::required(env, "DATABASE_URL")?,
            model: PathBuf::from(settings::text(env, "MODEL_DIR").unwrap_or_else(|| "/models".to_owned()))
                .join("ranknet.safetensors"),
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
    fn workers_are_those_of_the_article_whatever_the_cores_are() {
        let config = Config::from_env(&env(&[("DATABASE_URL", "postgres://db"), ("CORES", "1")])).unwrap();
        assert_eq!((config.workers, config.port), (16, 8080));
    }

    #[test]
    fn a_database_is_required() {
        assert_eq!(Config::from_env(&env(&[])).unwrap_err(), BadSetting::Missing("DATABASE_URL"));
    }
}
