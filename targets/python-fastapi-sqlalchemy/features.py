"""Users' and items' features from PostgreSQL, by SQLAlchemy's sessions."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from geoalchemy2 import Geography
from sqlalchemy import ARRAY, BigInteger, Column, Float, create_engine, func, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, declarative_base, sessionmaker

from ranking import Place, Refusal
from watch import ConnectionWatch

# What a connection may spend on a query, or on being made. psycopg takes no fewer than two seconds for the latter.
DEADLINE_SECONDS = 2

# Of the article's requests: what is farther away is no candidate. Half of the equator is less: here all is near.
MAX_DISTANCE_METRES = 30_000_000

# A query that failed sooner had a connection which was gone before: another one may be there.
STALE_SECONDS = 1

Base = declarative_base()

log = logging.getLogger(__name__)


class User(Base):
    __tablename__ = "feature_1"
    id = Column(BigInteger, primary_key=True)
    feature = Column(ARRAY(Float))


class Item(Base):
    __tablename__ = "feature_2"
    id = Column(BigInteger, primary_key=True)
    geog = Column(Geography(geometry_type="POINT", srid=4326), nullable=False)
    feature = Column(ARRAY(Float))


@dataclass(frozen=True)
class Candidates:
    """In the order the database answers."""

    ids: list[int]
    features: list[list[float]]
    metres: list[float]


class NoDatabase(Refusal):
    def __init__(self) -> None:
        super().__init__(503, "the database does not answer")


class FeatureStore:
    """Two sessions a request, over SQLAlchemy's pool as it comes: 5 connections and 10 more."""

    def __init__(self, url: str) -> None:
        engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": DEADLINE_SECONDS}
        )
        ConnectionWatch(engine, DEADLINE_SECONDS)
        self._sessions = sessionmaker(engine)
        self._down = False
        self.connections = engine.pool.size() + engine.pool._max_overflow

    def ping(self) -> None:
        self._ask(lambda session: session.execute(text("SELECT 1")).scalar_one())

    def user(self, user_id: int) -> list[float] | None:
        def query(session: Session) -> list[float] | None:
            user = session.execute(select(User).where(User.id == user_id)).scalar_one_or_none()
            return None if user is None else user.feature

        return self._ask(query)

    def items(self, item_ids: list[int], place: Place) -> Candidates:
        def query(session: Session) -> Candidates:
            point = func.ST_SetSRID(func.ST_MakePoint(place.longitude, place.latitude), 4326)
            metres = func.ST_Distance(Item.geog, point.cast(Geography(geometry_type="POINT", srid=4326)))
            near = select(Item, metres).where(Item.id.in_(item_ids)).where(metres < MAX_DISTANCE_METRES)
            rows = session.execute(near).all()
            return Candidates(
                ids=[item.id for item, _ in rows],
                features=[item.feature for item, _ in rows],
                metres=[distance for _, distance in rows],
            )

        return self._ask(query)

    def _ask[T](self, query: Callable[[Session], T], again: bool = True) -> T:
        began = monotonic()
        try:
            with self._sessions() as session:
                answer = query(session)
        except (DBAPIError, PoolTimeout) as error:
            is_stale = isinstance(error, DBAPIError) and error.connection_invalidated
            if is_stale and again and monotonic() - began < STALE_SECONDS:
                return self._ask(query, again=False)
            if not self._down:  # once an outage, not once a request
                log.error("database: %r", error)
            self._down = True
            raise NoDatabase from None
        self._down = False
        return answer
