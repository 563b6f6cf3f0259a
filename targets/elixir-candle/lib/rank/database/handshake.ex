defmodule Rank.Database.Handshake do
  @moduledoc "Opens a connection: the start of the protocol, SCRAM-SHA-256, and the statements that are to be prepared on it."

  alias Rank.Database.Wire

  @patience_ms 1_000

  # TCP_USER_TIMEOUT of Linux, in ms: a server that vanished without a word would keep its connections open for minutes.
  @give_up {:raw, 6, 18, <<2_000::native-32>>}

  @socket [
    :binary,
    @give_up,
    active: false,
    nodelay: true,
    # An answer with 20 items has 5 kB: it should be one message to the process that reads it.
    buffer: 65_536,
    send_timeout: @patience_ms
  ]

  @doc "A passive socket on which the statements are prepared."
  @spec open(Rank.Settings.database(), [{name :: String.t(), sql :: String.t()}]) ::
          {:ok, :gen_tcp.socket()} | {:error, term()}
  def open(database, statements) do
    with {:ok, socket} <- :gen_tcp.connect(to_charlist(database.host), database.port, @socket, @patience_ms) do
      case greet(socket, database, statements) do
        :ok ->
          {:ok, socket}

        {:error, reason} ->
          :gen_tcp.close(socket)
          {:error, reason}
      end
    end
  end

  defp greet(socket, database, statements) do
    with :ok <- :gen_tcp.send(socket, Wire.startup(database.user, database.name)),
         :ok <- authenticate(socket, database.password),
         :ok <- ready(socket),
         :ok <- :gen_tcp.send(socket, Wire.prepare(statements)) do
      ready(socket)
    end
  end

  # The server's next message; an error that it sends is an error here.
  defp read(socket) do
    with {:ok, <<type, length::32>>} <- :gen_tcp.recv(socket, 5, @patience_ms),
         {:ok, body} <- read_body(socket, length - 4) do
      if type == ?E, do: {:error, {:postgres, Wire.error_field(body, ?M)}}, else: {:ok, type, body}
    end
  end

  # 0 would mean: whatever is there.
  defp read_body(_socket, 0), do: {:ok, ""}
  defp read_body(socket, length), do: :gen_tcp.recv(socket, length, @patience_ms)

  defp ready(socket) do
    case read(socket) do
      {:ok, ?Z, _status} -> :ok
      {:ok, _type, _body} -> ready(socket)
      {:error, reason} -> {:error, reason}
    end
  end

  defp authenticate(socket, password) do
    case read(socket) do
      {:ok, ?R, <<0::32>>} -> :ok
      {:ok, ?R, <<10::32, _mechanisms::binary>>} -> scram(socket, password)
      {:ok, type, _body} -> {:error, {:unexpected, type}}
      {:error, reason} -> {:error, reason}
    end
  end

  # RFC 7677, without channel binding. The user's name went with the startup message; here it stays empty.
  defp scram(socket, password) do
    nonce = Base.encode64(:crypto.strong_rand_bytes(18))
    bare = "n=,r=" <> nonce
    first = "n,," <> bare

    with :ok <- :gen_tcp.send(socket, Wire.message(?p, ["SCRAM-SHA-256", 0, <<byte_size(first)::32>>, first])),
         {:ok, ?R, <<11::32, challenge::binary>>} <- read(socket),
         {:ok, proof, signature} <- prove(password, nonce, bare, challenge),
         :ok <- :gen_tcp.send(socket, Wire.message(?p, proof)),
         {:ok, ?R, <<12::32, "v=", verifier::binary>>} <- read(socket) do
      # The server has to know the password, too.
      if verifier == signature, do: authenticate(socket, password), else: {:error, :wrong_server_signature}
    else
      {:ok, type, _body} -> {:error, {:unexpected, type}}
      {:error, reason} -> {:error, reason}
    end
  end

  defp prove(password, nonce, bare, challenge) do
    parts = Map.new(String.split(challenge, ","), fn <<key, ?=, value::binary>> -> {key, value} end)
    %{?r => combined, ?s => salt, ?i => rounds} = parts

    if String.starts_with?(combined, nonce) do
      key = :crypto.pbkdf2_hmac(:sha256, password, Base.decode64!(salt), String.to_integer(rounds), 32)
      without_proof = "c=biws,r=" <> combined
      signed = Enum.join([bare, challenge, without_proof], ",")

      client_key = hmac(key, "Client Key")
      proof = :crypto.exor(client_key, hmac(:crypto.hash(:sha256, client_key), signed))
      {:ok, [without_proof, ",p=", Base.encode64(proof)], Base.encode64(hmac(hmac(key, "Server Key"), signed))}
    else
      {:error, :foreign_nonce}
    end
  end

  defp hmac(key, text), do: :crypto.mac(:hmac, :sha256, key, text)
end
