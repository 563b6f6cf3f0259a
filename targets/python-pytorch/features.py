"""Users' and items' features from PostgreSQL."""

import asyncio
import logging
from collections.abc import Iterable

import asyncpg
import numpy as np

from ranking import Ranking, Refusal

USER_FEATURES, ITEM_FEATURES = 16, 24

# What one request may spend on the database, connecting included.
DEADLINE_SECONDS = 2

# Both look-ups are one statement, so that they are one round trip: asyncpg sends nothing before it has the answer to what it
# sent last. The row of the user is the one without an id.
#
# array_send gives a real[] as the bytes of the wire, and numpy reads them in one go. As an array asyncpg would make a
# Python float of every element and numpy would take it apart again: 12 µs a request instead of 2.
QUERY = """
SELECT NULL::int, array_send(features) FROM users WHERE id = $1
UNION ALL
SELECT id, array_send(features) FROM items WHERE id = ANY($2::int[])
"""

# Those bytes are big-endian words of four bytes: five of header, then a length and a value for each element.
WORD = np.dtype(">f4")
FIRST_VALUE, VALUE_STEP = 6, 2

UNAVAILABLE = (
    OSError,  # refused, unreachable, no such host, and TimeoutError
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)

log = logging.getLogger(__name__)


class NoDatabase(Refusal):
    def __init__(self) -> None:
        super().__init__(503, "the database does not answer")


class FeatureStore:
    """Prepared queries over a pool. Connections are made when needed, and again after an outage."""

    def __init__(self, url: str, connections: int) -> None:
        self._pool = asyncpg.create_pool(
            url,
            min_size=0,
            max_size=connections,
            max_inactive_connection_lifetime=0,
            reset=_nothing_to_reset,
            max_cached_statement_lifetime=0,
        )
        self._down = False

    @property
    def connections(self) -> int:
        return self._pool.get_max_size()

    async def open(self) -> None:
        await self._pool

    async def close(self) -> None:
        # A connection in the middle of a query is not worth waiting for: who asked is gone by then.
        self._pool.terminate()

    async def ping(self) -> None:
        await self._ask(lambda connection: connection.fetchval("SELECT 1"))

    async def fetch(self, ranking: Ranking) -> tuple[list[int], np.ndarray]:
        """The items' ids in the order the database answers, and their rows of the model's input; raises Refusal."""
        found = await self._ask(lambda connection: connection.fetch(QUERY, ranking.user_id, ranking.item_ids))
        user, ids, items = _split(found)
        if user is None or len(ids) < len(ranking.item_ids):
            raise Refusal(404, _unknown(ranking, user_found=user is not None, items_found=ids))
        rows = np.empty((len(ids), USER_FEATURES + ITEM_FEATURES), np.float32)
        rows[:, :USER_FEATURES] = _values(user)
        rows[:, USER_FEATURES:] = _values(b"".join(items), len(ids))
        return ids, rows

    async def _ask(self, query):
        try:
            async with asyncio.timeout(DEADLINE_SECONDS), self._pool.acquire() as connection:
                answer = await query(connection)
        except UNAVAILABLE as error:
            if not self._down:  # once an outage, not once a request
                log.error("database: %r", error)
            self._down = True
            raise NoDatabase from None
        self._down = False
        return answer


async def _nothing_to_reset(_: asyncpg.Connection) -> None:
    """Sessions here change no setting, hold no lock and listen to nothing.

    asyncpg's own reset would be one more round trip a request.
    """


def _split(found: Iterable[tuple[int | None, bytes]]) -> tuple[bytes | None, list[int], list[bytes]]:
    """The user's features, None when there is no such user, the items' ids and the items' features.

    Rows come as they come: SQL promises no order between the two parts of a union.
    """
    user, ids, items = None, [], []
    for item, features in found:
        if item is None:
            user = features
        else:
            ids.append(item)
            items.append(features)
    return user, ids, items


def _values(arrays: bytes, count: int = 1) -> np.ndarray:
    return np.frombuffer(arrays, WORD).reshape(count, -1)[:, FIRST_VALUE::VALUE_STEP]


def _unknown(ranking: Ranking, *, user_found: bool, items_found: list[int]) -> str:
    found = set(items_found)
    items = [str(item) for item in ranking.item_ids if item not in found]
    parts = [] if user_found else [f"unknown user: {ranking.user_id}"]
    if items:
        parts.append(f"unknown items: {', '.join(items)}")
    return "; ".join(parts)
