# The application itself is not started: it wants the model and its library.
{:ok, _} = Application.ensure_all_started([:inets, :cowboy])
ExUnit.start()
