# Copied from templates/elixir-nx/test/test_helper.exs: change it there, then run node scripts/copy-templates.mjs.
ExUnit.start()
