defmodule Chat.Upstream.Failure do
  @moduledoc "The upstream failed for good: the status and the text that our own client is told."

  @enforce_keys [:status, :text]
  defstruct @enforce_keys

  @type t :: %__MODULE__{status: 502 | 504, text: String.t()}

  def answered(status), do: %__MODULE__{status: 502, text: "upstream answered #{status}"}
  def malformed, do: %__MODULE__{status: 502, text: "upstream sent a malformed chunk"}
  def ended_early, do: %__MODULE__{status: 502, text: "upstream ended early"}

  def from_socket(:timeout), do: %__MODULE__{status: 504, text: "upstream timed out"}
  def from_socket(_reason), do: %__MODULE__{status: 502, text: "upstream connection broke"}
end
