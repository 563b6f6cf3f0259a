# Copied from templates/elixir-cowboy/.formatter.exs: change it there, then run node scripts/copy-templates.mjs.
[inputs: ["{mix,.formatter}.exs", "{lib,test}/**/*.{ex,exs}"], line_length: 120]
