defmodule Chat.Upstream.Connection do
  @moduledoc "One request and its streamed answer on a kept-alive HTTP/1.1 connection."

  alias Chat.Settings
  alias Chat.Upstream.{Chunked, Events, Pool}

  @enforce_keys [:socket, :silence_ms, :encoding, :keep?]
  # raw: bytes of the answer not yet decoded; text: of an event that has not ended yet
  defstruct @enforce_keys ++ [raw: "", text: "", ended?: false]

  @type t :: %__MODULE__{}
  @type headers :: %{String.t() => String.t()}

  @doc "Sends the request and reads the head of its answer."
  @spec request(Settings.t(), iodata()) :: {:ok, status :: 100..599, headers(), t()} | {:error, reason :: term()}
  def request(settings, body) do
    request = [head(settings, IO.iodata_length(body)), body]

    case Pool.take() do
      nil -> request_anew(settings, request)
      socket -> request_reused(settings, socket, request)
    end
  end

  # The other side may have closed an idle connection at any time. That is nobody's failure: a new one is opened.
  defp request_reused(settings, socket, request) do
    with {:error, reason} when reason != :timeout <- exchange(settings, socket, request) do
      request_anew(settings, request)
    end
  end

  defp request_anew(settings, request) do
    options = [:binary, active: false, nodelay: true, packet: :http_bin, send_timeout: settings.silence_ms]
    host = to_charlist(settings.host)

    with {:ok, socket} <- :gen_tcp.connect(host, settings.upstream_port, options, settings.silence_ms) do
      exchange(settings, socket, request)
    end
  end

  defp exchange(settings, socket, request) do
    with :ok <- :inet.setopts(socket, packet: :http_bin),
         :ok <- :gen_tcp.send(socket, request),
         {:ok, status, headers} <- read_head(socket, settings.silence_ms, nil, %{}),
         :ok <- :inet.setopts(socket, packet: :raw) do
      connection = %__MODULE__{
        socket: socket,
        silence_ms: settings.silence_ms,
        encoding: if(headers["transfer-encoding"] == "chunked", do: :chunked, else: :until_close),
        keep?: headers["connection"] != "close"
      }

      {:ok, status, headers, connection}
    else
      {:error, reason} ->
        :gen_tcp.close(socket)
        {:error, reason}
    end
  end

  @doc "Waits for the next events. `:end` is the tidy end of the answer; after an error the connection is closed."
  @spec next(t()) :: {:events, [String.t()], t()} | {:end, t()} | {:error, reason :: term()}
  def next(%{ended?: true} = connection), do: {:end, connection}

  def next(connection) do
    case :gen_tcp.recv(connection.socket, 0, connection.silence_ms) do
      {:ok, bytes} ->
        decode(connection, bytes)

      {:error, :closed} when connection.encoding == :until_close ->
        {:end, %{connection | ended?: true, keep?: false}}

      {:error, reason} ->
        close(connection)
        {:error, reason}
    end
  end

  @doc "Keeps the connection for the next request, if its answer was read to the end."
  @spec release(t()) :: :ok
  def release(%{ended?: true, keep?: true, raw: ""} = connection), do: Pool.give(connection.socket)
  def release(connection), do: close(connection)

  @spec close(t()) :: :ok
  def close(connection), do: :gen_tcp.close(connection.socket)

  defp decode(%{encoding: :until_close} = connection, bytes), do: events(connection, bytes)

  defp decode(%{encoding: :chunked} = connection, bytes) do
    case Chunked.decode(connection.raw <> bytes) do
      {:more, data, raw} ->
        events(%{connection | raw: raw}, data)

      {:done, data, raw} ->
        events(%{connection | raw: raw, ended?: true}, data)

      :error ->
        close(connection)
        {:error, :bad_chunk}
    end
  end

  defp events(connection, data) do
    {events, text} = Events.split(connection.text <> data)
    {:events, events, %{connection | text: text}}
  end

  defp head(settings, length) do
    [
      ["POST ", settings.path, " HTTP/1.1\r\nhost: ", settings.host, ?:, Integer.to_string(settings.upstream_port)],
      ["\r\nauthorization: Bearer ", settings.api_key, "\r\naccept: text/event-stream"],
      ["\r\ncontent-type: application/json\r\ncontent-length: ", Integer.to_string(length), "\r\n\r\n"]
    ]
  end

  defp read_head(socket, silence_ms, status, headers) do
    case :gen_tcp.recv(socket, 0, silence_ms) do
      {:ok, {:http_response, _version, status, _reason}} -> read_head(socket, silence_ms, status, headers)
      {:ok, {:http_header, _, name, _, value}} -> read_head(socket, silence_ms, status, put(headers, name, value))
      {:ok, :http_eoh} when status in 100..199 -> read_head(socket, silence_ms, nil, %{})
      {:ok, :http_eoh} when is_integer(status) -> {:ok, status, headers}
      {:ok, _not_http} -> {:error, :bad_answer}
      {:error, reason} -> {:error, reason}
    end
  end

  # The emulator gives well-known names as atoms ("Retry-After" is :"Retry-After") and others as they came.
  defp put(headers, name, value), do: Map.put(headers, name |> to_string() |> String.downcase(), value)
end
