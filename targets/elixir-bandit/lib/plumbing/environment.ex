# Copied from templates/elixir/lib/plumbing/environment.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule Plumbing.Environment do
  @moduledoc "What the container's environment says. An error names the variable that is wrong."

  @type env :: %{String.t() => String.t()}

  @spec port(env()) :: :inet.port_number()
  def port(env) do
    case number(env, "PORT", 8080) do
      port when port <= 65_535 -> port
      port -> raise ArgumentError, "PORT is #{port}, want at most 65535"
    end
  end

  @doc "The whole number that a variable says, the fallback where there is none."
  @spec number(env(), String.t(), integer(), integer()) :: integer()
  def number(env, name, fallback, least \\ 1) do
    text = Map.get(env, name, to_string(fallback))

    case Integer.parse(text) do
      {number, ""} when number >= least -> number
      _ -> raise ArgumentError, "#{name} is #{inspect(text)}, want a whole number of at least #{least}"
    end
  end

  @doc "What a variable says that the service cannot do without."
  @spec required(env(), String.t()) :: String.t()
  def required(env, name) do
    case env[name] do
      value when value in [nil, ""] -> raise ArgumentError, "#{name} is required"
      value -> value
    end
  end
end
