# Copied from templates/elixir-nx/lib/embed_nx/embedding.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.Embedding do
  @moduledoc "all-MiniLM-L6-v2 in Bumblebee, behind one Nx.Serving or several."

  alias EmbedNx.{Choice, Rows}

  # What the model reads at most, [CLS] and [SEP] included.
  @longest 256

  # [CLS] and [SEP].
  @special_tokens 2

  @doc "The servings, as children of a supervisor. They share the model's weights."
  def servings do
    directory = setting(:model_dir)
    {:ok, tokenizer} = Bumblebee.load_tokenizer({:local, directory})
    {:ok, model} = Bumblebee.load_model({:local, directory})
    counter = Tokenizers.Tokenizer.disable_truncation(tokenizer.native_tokenizer)
    :persistent_term.put(__MODULE__, {counter, Choice.new(setting(:servings), setting(:serving_choice))})

    for n <- 1..setting(:servings) do
      options = [
        name: name(n),
        serving: serving(model, tokenizer),
        batch_size: setting(:batch_size),
        batch_timeout: setting(:batch_timeout_ms)
      ]

      Supervisor.child_spec({Nx.Serving, options}, id: name(n))
    end
  end

  @doc "The text's embedding and, when it was cut, the number of tokens that were kept. `:failed`: its serving ended meanwhile."
  @spec embed(String.t()) :: {:ok, [float()], truncated_to :: pos_integer() | nil} | :empty | :failed
  def embed(text) do
    {counter, choice} = :persistent_term.get(__MODULE__)

    case tokens(counter, text) do
      count when count <= @special_tokens -> :empty
      count -> run(choice, text, if(count > @longest, do: @longest))
    end
  end

  # A serving that ends takes those with it that wait for it, and is started again.
  defp run(choice, text, truncated_to) do
    %{embedding: embedding} = choice |> Choice.next() |> name() |> Nx.Serving.batched_run(text)
    {:ok, Nx.to_flat_list(embedding), truncated_to}
  catch
    :exit, _reason -> :failed
  end

  # Bumblebee does not tell what it cut. Counting costs a hundredth of what the model does.
  defp tokens(counter, text) do
    {:ok, encoding} = Tokenizers.Tokenizer.encode(counter, text)
    Tokenizers.Encoding.get_length(encoding)
  end

  # Bumblebee pads every run to the rows that its serving was compiled for. This is its serving for the largest batch, which
  # leaves a smaller one to the serving with the fewest rows that has room for it.
  defp serving(model, tokenizer) do
    sizes = Rows.sizes(setting(:batch_rows), setting(:batch_size))
    servings = for rows <- sizes, do: {rows, serving(model, tokenizer, rows)}
    {_rows, largest} = List.last(servings)

    run_of = fn batch_key, defn_options ->
      runs = for {rows, serving} <- servings, do: {rows, serving.arg.(batch_key, defn_options)}
      fn batch -> Rows.fitting(runs, batch.size).(batch) end
    end

    %{largest | arg: run_of}
  end

  defp serving(model, tokenizer, rows) do
    Bumblebee.Text.text_embedding(model, tokenizer,
      output_attribute: :hidden_state,
      output_pool: :mean_pooling,
      embedding_processor: :l2_norm,
      # A text is padded to the next of some lengths, so that a sentence does not cost what 256 tokens cost. Without fixed
      # shapes texts of different lengths cannot share a batch.
      compile: [batch_size: rows, sequence_length: setting(:sequence_lengths)],
      defn_options: defn_options(setting(:compiler))
    )
  end

  defp defn_options(nil), do: []
  defp defn_options(compiler), do: [compiler: compiler]

  defp name(n), do: :"#{__MODULE__}.Serving#{n}"

  defp setting(key), do: Application.fetch_env!(:embed_nx, key)
end
