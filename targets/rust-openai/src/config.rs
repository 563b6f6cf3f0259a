//! What the container's environment says.

use std::time::Duration;

use crate::settings::{self, BadSetting, Env};

#[derive(Debug)]
pub struct Config {
    pub port: u16,
    pub cores: usize,
    pub base_url: String,
    pub api_key: String,
    pub model: String,
    /// The longest silence of the upstream that is waited for.
    pub silence: Duration,
    /// What asks the upstream, by name.
    pub client: String,
}

impl Config {
    pub fn from_env(env: Env) -> Result<Self, BadSetting> {
        Ok(Self {
            port: settings::port(env)?,
            cores: settings::cores(env)?.into(),
            base_url: settings::required(env, "OPENAI_BASE_URL")?,
            api_key: settings::required(env, "OPENAI_API_KEY")?,
            model: settings::required(env, "OPENAI_MODEL")?,
            silence: Duration::from_millis(settings::number(env, "UPSTREAM_TIMEOUT_MS", 60_000)?.into()),
            client: settings::text(env, "CLIENT").unwrap_or_else(|| "async-openai".to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_missing_or_no_positive_number_is_refused() {
        let with = |port: &'static str| move |name: &str| Some(if name == "PORT" { port } else { "1" }.to_owned());
        assert_eq!(Config::from_env(&with("9")).unwrap().port, 9);
        assert!(matches!(Config::from_env(&with("0")), Err(BadSetting::NotPositive { name: "PORT", .. })));
        assert!(matches!(Config::from_env(&|_| None), Err(BadSetting::Missing("OPENAI_BASE_URL"))));
    }
}
