//! What the container's environment says.

use std::path::PathBuf;

use crate::settings::{self, BadSetting, Env};

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

impl Config {
    pub fn from_env(env: Env) -> Result<Self, BadSetting> {
        let cores = settings::cores(env)?;
        let connections = cores.saturating_mul(CONNECTIONS_PER_CORE as u16);
        Ok(Self {
            port: settings::port(env)?,
            workers: settings::number(env, "WORKERS", cores)?.into(),
            database_url: settings::required(env, "DATABASE_URL")?,
            database_pool: settings::number(env, "DATABASE_POOL", connections)?.into(),
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
    fn workers_and_connections_follow_the_cores_unless_they_are_named() {
        let database = ("DATABASE_URL", "postgres://db");
        let config = Config::from_env(&env(&[database, ("CORES", "3")])).unwrap();
        assert_eq!((config.workers, config.database_pool), (3, 6));

        let named = [database, ("CORES", "3"), ("WORKERS", "16"), ("DATABASE_POOL", "1")];
        let config = Config::from_env(&env(&named)).unwrap();
        assert_eq!((config.workers, config.database_pool), (16, 1));
    }

    #[test]
    fn a_setting_that_is_missing_or_no_positive_number_is_refused() {
        assert_eq!(Config::from_env(&env(&[])).unwrap_err(), BadSetting::Missing("DATABASE_URL"));
        for value in ["zero", "0", "-1", "1.5"] {
            let error = Config::from_env(&env(&[("DATABASE_URL", "x"), ("CORES", value)])).unwrap_err();
            assert_eq!(error, BadSetting::NotPositive { name: "CORES", value: value.to_owned() });
        }
    }
}
