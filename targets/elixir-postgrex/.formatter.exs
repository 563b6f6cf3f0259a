# Copied from templates/elixir-hex/.formatter.exs: change it there, then run node scripts/copy-templates.mjs.
[
  inputs: ["{mix,.formatter}.exs", "{config,lib,test}/**/*.{ex,exs}"],
  # Plug's own, named here so that the formatter needs no package.
  locals_without_parens: [plug: 1, plug: 2, get: 2, post: 2, match: 2],
  line_length: 120
]
