defmodule Rank.SettingsTest do
  use ExUnit.Case, async: true

  alias Rank.Settings

  @env %{"DATABASE_URL" => "postgres://me:p%40ss@postgres:5433/features", "CORES" => "2"}

  test "the address of the database becomes Postgrex's options" do
    assert Settings.from_env(@env).database ==
             [hostname: "postgres", port: 5433, username: "me", password: "p@ss", database: "features"]
  end

  test "a core has eight connections, unless it is told otherwise" do
    assert Settings.from_env(@env).pool == 16
    assert Settings.from_env(Map.put(@env, "DATABASE_POOL", "3")).pool == 3
  end

  for url <- ["", "postgres://postgres/features", "http://me:secret@postgres/features"] do
    test "#{inspect(url)} is refused" do
      assert_raise ArgumentError, fn -> Settings.from_env(%{@env | "DATABASE_URL" => unquote(url)}) end
    end
  end
end
