# Defines the module Rank.Database.Types. Features are read while their answer is still there, so they need not be copied out of it.
# There is no JSON in this database, and so no library for it.
Postgrex.Types.define(Rank.Database.Types, [], decode_binary: :reference, json: nil)
