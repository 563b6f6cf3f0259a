defmodule EmbedNx.Embedding do
  @moduledoc "all-MiniLM-L6-v2 in Bumblebee, behind one Nx.Serving or several that take turns."

  # A model is compiled for fixed shapes. A text is padded to the next of these, so that a sentence does not cost what 256 tokens cost.
  @sequence_lengths [16, 32, 64, 128, 256]
  @longest List.last(@sequence_lengths)

  # [CLS] and [SEP].
  @special_tokens 2

  @doc "The servings, as children of a supervisor."
  def servings do
    directory = setting(:model_dir)
    {:ok, tokenizer} = Bumblebee.load_tokenizer({:local, directory})
    :persistent_term.put(__MODULE__, Tokenizers.Tokenizer.disable_truncation(tokenizer.native_tokenizer))

    for n <- 1..setting(:servings) do
      # Each has a model of its own, as several Nx.Serving processes do.
      {:ok, model} = Bumblebee.load_model({:local, directory})

      options = [
        name: name(n),
        serving: serving(model, tokenizer),
        batch_size: setting(:batch_size),
        batch_timeout: setting(:batch_timeout_ms)
      ]

      Supervisor.child_spec({Nx.Serving, options}, id: name(n))
    end
  end

  @doc "The text's embedding and, when it was cut, the number of tokens that were kept."
  @spec embed(String.t()) :: {:ok, [float()], truncated_to :: pos_integer() | nil} | :empty
  def embed(text) do
    case tokens(text) do
      count when count <= @special_tokens -> :empty
      count -> {:ok, run(text), if(count > @longest, do: @longest)}
    end
  end

  defp run(text) do
    turn = rem(:erlang.unique_integer([:positive]), setting(:servings)) + 1
    %{embedding: embedding} = turn |> name() |> Nx.Serving.batched_run(text)
    Nx.to_flat_list(embedding)
  end

  # Bumblebee does not tell what it cut. Counting costs a hundredth of what the model does.
  defp tokens(text) do
    {:ok, encoding} = __MODULE__ |> :persistent_term.get() |> Tokenizers.Tokenizer.encode(text)
    Tokenizers.Encoding.get_length(encoding)
  end

  defp serving(model, tokenizer) do
    Bumblebee.Text.text_embedding(model, tokenizer,
      output_attribute: :hidden_state,
      output_pool: :mean_pooling,
      embedding_processor: :l2_norm,
      # Without fixed shapes texts of different lengths cannot share a batch.
      compile: [batch_size: setting(:batch_size), sequence_length: @sequence_lengths],
      defn_options: defn_options(setting(:compiler))
    )
  end

  defp defn_options(nil), do: []
  defp defn_options(compiler), do: [compiler: compiler]

  defp name(n), do: :"#{__MODULE__}.Serving#{n}"

  defp setting(key), do: Application.fetch_env!(:embed_nx, key)
end
