defmodule Chat.SettingsTest do
  use ExUnit.Case, async: true

  alias Chat.Settings

  @env %{"OPENAI_BASE_URL" => "http://upstream:8080/v1/", "OPENAI_API_KEY" => "key", "OPENAI_MODEL" => "model"}

  test "completions are below the base, with TLS or without" do
    assert Settings.from_env(@env).url == "http://upstream:8080/v1/chat/completions"

    assert Settings.from_env(%{@env | "OPENAI_BASE_URL" => "https://upstream/v1"}).url ==
             "https://upstream/v1/chat/completions"
  end

  for url <- ["", "upstream:8080", "ftp://upstream/v1"] do
    test "#{inspect(url)} is refused" do
      assert_raise ArgumentError, fn -> Settings.from_env(%{@env | "OPENAI_BASE_URL" => unquote(url)}) end
    end
  end

  test "the pool has room for the largest batch" do
    assert Settings.from_env(@env).pool == 10_000
  end
end
