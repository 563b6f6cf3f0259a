defmodule Rank.RankingTest do
  use ExUnit.Case, async: true

  alias Rank.Ranking

  for {body, status} <- [
        {~s({"item_ids":[1],"size":1}), 400},
        {~s({"user_id":"1","item_ids":[1],"size":1}), 400},
        {~s({"user_id":true,"item_ids":[1],"size":1}), 400},
        {~s({"user_id":1.5,"item_ids":[1],"size":1}), 400},
        {~s({"user_id":3000000000,"item_ids":[1],"size":1}), 400},
        {~s({"user_id":1,"item_ids":[1,null],"size":1}), 400},
        {~s({"user_id":1,"item_ids":[],"size":1}), 400},
        {~s({"user_id":1,"item_ids":1,"size":1}), 400},
        {~s({"user_id":1,"item_ids":[1],"size":0}), 400},
        {~s({"user_id":1,"item_ids":[1],"size":1}x), 400},
        {~s([1,[1],1]), 400},
        {~s(null), 400},
        {"", 400},
        {<<0xFF, 0xFE>>, 400},
        {String.duplicate("[", 50_000), 400},
        {~s({"user_id":1,"size":1,"item_ids":[1#{String.duplicate(",1", 1000)}]}), 413}
      ] do
    test "refuses #{inspect(body, printable_limit: 50)}" do
      assert {:refused, unquote(status), _text} = Ranking.parse(unquote(body))
    end
  end

  test "an item named twice is kept once in its first place" do
    assert {:ok, %Ranking{user_id: -7, item_ids: [3, 1, 2], size: 10}} =
             Ranking.parse(~s({"user_id":-7,"item_ids":[3,1,3,2,1],"size":10}))
  end
end
