defmodule Rank.RowsTest do
  use ExUnit.Case, async: true

  alias Rank.{Ranking, Rows}

  @ranking %Ranking{user_id: 17, item_ids: [3, 1, 2], size: 10}
  @user [nil, "user"]
  @items [[1, "one"], [2, "two"], [3, "three"]]

  for {because, place} <- [{"before the items", 0}, {"among them", 1}, {"after them", 3}] do
    test "the user's row may come #{because}" do
      rows = List.insert_at(@items, unquote(place), @user)
      assert Rows.gather(rows, @ranking) == {:ok, %{user: "user", ids: [1, 2, 3], items: ["one", "two", "three"]}}
    end
  end

  test "an unknown user is named" do
    assert Rows.gather(@items, @ranking) == {:refused, 404, "unknown user: 17"}
  end

  test "unknown items are all named, in the order asked" do
    assert Rows.gather([@user, [1, "one"]], @ranking) == {:refused, 404, "unknown items: 3, 2"}
  end

  test "an unknown user and unknown items are named together" do
    assert Rows.gather([], @ranking) == {:refused, 404, "unknown user: 17; unknown items: 3, 1, 2"}
  end
end
