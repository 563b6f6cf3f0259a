//! What the container's environment says.

use std::{error::Error, path::PathBuf};

use crate::settings::{self, Env};

/// How requests share connections to PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DatabaseStyle {
    Pipelined,
    Pooled,
}

impl DatabaseStyle {
    fn from_env(env: Env) -> Result<Self, String> {
        match settings::text(env, "DATABASE_STYLE").as_deref() {
            None | Some("pipelined") => Ok(Self::Pipelined),
            Some("pooled") => Ok(Self::Pooled),
            Some(other) => Err(format!("DATABASE_STYLE is {other:?}, want pipelined or pooled")),
        }
    }

    fn connections_per_core(self) -> u16 {
        match self {
            // More of them only split what PostgreSQL could have read and answered in one go.
            Self::Pipelined => 2,
            // How many queries a core keeps under way: beyond it they only queue in the database.
            Self::Pooled => 8,
        }
    }
}

#[derive(Debug)]
pub struct Config {
    pub port: u16,
    /// Threads that serve.
    pub workers: usize,
    pub database_url: String,
    pub database_style: DatabaseStyle,
    /// Connections of the whole process.
    pub database_pool: usize,
    pub model: PathBuf,
}

impl Config {
    pub fn from_env(env: Env) -> Result<Self, Box<dyn Error>> {
        let cores = settings::cores(env)?;
        let database_style = DatabaseStyle::from_env(env)?;
        let connections = cores.saturating_mul(database_style.connections_per_core());
        Ok(Self {
            port: settings::port(env)?,
            workers: settings::number(env, "WORKERS", cores)?.into(),
            database_url: settings::required(env, "DATABASE_URL")?,
            database_style,
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

        let pooled = [database, ("CORES", "3"), ("DATABASE_STYLE", "pooled")];
        let config = Config::from_env(&env(&pooled)).unwrap();
        assert_eq!((config.database_style, config.database_pool), (DatabaseStyle::Pooled, 24));

        let named = [database, ("CORES", "3"), ("WORKERS", "16"), ("DATABASE_POOL", "1")];
        let config = Config::from_env(&env(&named)).unwrap();
        assert_eq!((config.workers, config.database_pool), (16, 1));
    }

    #[test]
    fn a_setting_that_is_missing_or_wrong_is_refused_by_its_name() {
        let database = ("DATABASE_URL", "x");
        for (settings, name) in [
            (vec![], "DATABASE_URL"),
            (vec![database, ("CORES", "0")], "CORES"),
            (vec![database, ("WORKERS", "1.5")], "WORKERS"),
            (vec![database, ("DATABASE_STYLE", "shared")], "DATABASE_STYLE"),
        ] {
            let error = Config::from_env(&env(&settings)).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
