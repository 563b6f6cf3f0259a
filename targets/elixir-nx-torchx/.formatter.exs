# Copied from templates/elixir-nx/.formatter.exs: change it there, then run node scripts/copy-templates.mjs.
[
  inputs: ["{mix,.formatter}.exs", "{config,lib,test}/**/*.{ex,exs}"],
  import_deps: [],
  locals_without_parens: [plug: 1, plug: 2, get: 2, post: 2, match: 2],
  line_length: 120
]
