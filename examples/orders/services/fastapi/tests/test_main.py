"""The service with a Redis that is a dictionary, and may be away."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from redis.exceptions import ConnectionError as RedisAway

import main

ESPRESSO = {"customer": "ada", "item": "espresso", "quantity": 2}


class FakeRedis:
    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.is_away = False

    async def set(self, key: str, value: str, ex: int) -> None:
        assert ex == main.DAY_SECONDS
        self._there()[key] = value.encode()

    async def get(self, key: str) -> bytes | None:
        return self._there().get(key)

    async def ping(self) -> None:
        self._there()

    def _there(self) -> dict[str, bytes]:
        if self.is_away:
            raise RedisAway("connection refused")
        return self.values


@pytest.fixture
def redis() -> FakeRedis:
    main.app.state.redis = FakeRedis()
    return main.app.state.redis


@pytest.fixture
def client(redis: FakeRedis) -> TestClient:
    return TestClient(main.app)  # not entered, so no lifespan connects to a real one


def test_an_order_that_was_made_can_be_read_at_the_address_that_the_answer_names(client: TestClient) -> None:
    made = client.post("/orders", json=ESPRESSO)
    assert made.status_code == 201
    order = made.json()
    assert {key: order[key] for key in ESPRESSO} == ESPRESSO
    assert abs(datetime.fromisoformat(order["createdAt"]) - datetime.now(UTC)).total_seconds() < 5
    assert made.headers["location"] == f"/orders/{order['id']}"
    read = client.get(made.headers["location"])
    assert read.json() == order
    assert read.headers["content-type"] == made.headers["content-type"]


@pytest.mark.parametrize(
    "order",
    [
        {"customer": "ada", "item": "espresso"},
        ESPRESSO | {"quantity": "2"},
        ESPRESSO | {"quantity": 1.5},
        ESPRESSO | {"quantity": 0},
        ESPRESSO | {"price": 0},
        [],
    ],
)
def test_what_is_no_order_is_refused(client: TestClient, order: object) -> None:
    assert client.post("/orders", json=order).status_code == 400


def test_an_unknown_order_is_not_found(client: TestClient) -> None:
    assert client.get("/orders/none").status_code == 404


def test_whoever_asks_is_told_when_the_store_is_away(client: TestClient, redis: FakeRedis) -> None:
    redis.is_away = True
    answers = [client.post("/orders", json=ESPRESSO), client.get("/orders/x"), client.get("/healthz")]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
