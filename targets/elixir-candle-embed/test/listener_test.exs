defmodule Embed.ListenerTest do
  use ExUnit.Case

  alias Embed.{Batcher, Listener, Servings, Settings, WordPiece}

  setup_all do
    settings = Settings.load(%{})
    directory = Path.join(System.tmp_dir!(), "vocabulary-#{System.unique_integer([:positive])}")
    File.write!(directory, "[PAD]\n[UNK]\n[CLS]\n[SEP]\na")
    WordPiece.load(directory)
    File.rm!(directory)

    # Embeds a text as its number of tokens, and fails at four.
    answer = fn
      [_, _, _, _] -> {:error, "no"}
      ids -> {:ok, [length(ids) / 1]}
    end

    run = fn :one, texts -> Enum.map(texts, answer) end
    [name] = Servings.take_turns(settings.servings)
    start_supervised!({Batcher, name: name, sessions: [:one], run: run, size: settings.batch_size})
    start_supervised!(Listener.child_spec(port: 0, name: :listener_under_test))
    %{base: "http://127.0.0.1:#{:ranch.get_port(:listener_under_test)}"}
  end

  for {name, body, status} <- [
        {"a text", ~S({"text":"a","n":[1]}), 200},
        {"a text at which the model fails", ~S({"text":"a a"}), 500},
        {"an empty body", "", 400},
        {"null", "null", 400},
        {"a list", ~S(["a"]), 400},
        {"no text", "{}", 400},
        {"a text that is null", ~S({"text":null}), 400},
        {"a text that is a number", ~S({"text":17}), 400},
        {"a text without tokens", ~S({"text":" "}), 400},
        {"JSON that ends early", ~S({"text":"a), 400},
        {"text after the object", ~S({"text":"a"} x), 400},
        {"half a surrogate pair", ~S({"text":"\ud83d"}), 400},
        {"what is no UTF-8", "{\"text\":\"gr" <> <<0xFC>> <> "\"}", 400},
        {"nesting without an end", String.duplicate("[", 100_000), 400},
        {"a body above 4 MiB", JSON.encode!(%{text: String.duplicate("a", 4 * 1024 * 1024)}), 413}
      ] do
    test "#{name} gets #{status}", %{base: base} do
      {status, _headers, body} = embed(base, unquote(body))
      assert status == unquote(status)
      assert Map.has_key?(JSON.decode!(body), if(status == 200, do: "embedding", else: "error"))
    end
  end

  test "a text that was cut is answered with where", %{base: base} do
    {200, headers, body} = embed(base, JSON.encode!(%{text: String.duplicate("a ", 300)}))
    assert {~c"x-truncated-to-tokens", ~c"256"} in headers
    assert JSON.decode!(body) == %{"embedding" => [256.0]}
  end

  defp embed(base, body) do
    {:ok, {{_version, status, _reason}, headers, body}} =
      :httpc.request(:post, {base <> "/embed", [], ~c"application/json", body}, [], body_format: :binary)

    {status, headers, body}
  end
end
