package main

// connectionsPerCore is how many queries a core keeps under way: beyond it they only queue in the database.
const connectionsPerCore = 8

type config struct {
	caps
	poolSize    int
	databaseURL string
	modelDir    string
}

// configFrom reads the environment; the error names the variable that is wrong.
func configFrom(env func(string) string) (config, error) {
	settings := settings{env: env}
	caps := settings.caps()
	cfg := config{
		caps:        caps,
		poolSize:    settings.number("DATABASE_POOL", caps.cores*connectionsPerCore, 1),
		databaseURL: settings.required("DATABASE_URL"),
		modelDir:    settings.text("MODEL_DIR", "/models"),
	}
	return cfg, settings.err
}
