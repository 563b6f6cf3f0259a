-- The two tables of the `ranknet` scenario: 100,000 users with 16 features, 100,000 items with 24, all in [-1, 1).
--
-- The values come from an integer hash of (seed, table, id, column), so that the reference can compute any row without
-- this database (compose/ranknet/reference/reference.py has the same function in numpy). 24 bits of the hash fit a float4 exactly:
-- both sides hold the same value bit for bit.
\set ON_ERROR_STOP on

-- Mixes 32 bits; every product stays below 2^63, where bigint ends.
CREATE FUNCTION pg_temp.mix(x bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN ((x >> 16) # x) * 73244475 & 4294967295;

CREATE FUNCTION pg_temp.feature(x bigint) RETURNS real LANGUAGE sql IMMUTABLE
RETURN (((x >> 16) # x) & 16777215)::float8 / 8388608 - 1;

CREATE FUNCTION pg_temp.features(seed bigint, id bigint, n int) RETURNS real[] LANGUAGE sql IMMUTABLE
RETURN ARRAY(
  SELECT pg_temp.feature(pg_temp.mix(pg_temp.mix(seed + id * 64 + position)))
  FROM generate_series(0, n - 1) AS position
);

-- Filled in the transaction that makes them: with wal_level = minimal that writes no log, and the image stays small.
BEGIN;
CREATE TABLE users (id int PRIMARY KEY, features real[] NOT NULL);
CREATE TABLE items (id int PRIMARY KEY, features real[] NOT NULL);

INSERT INTO users SELECT id, pg_temp.features(1000000007, id, 16) FROM generate_series(1, 100000) AS id;
INSERT INTO items SELECT id, pg_temp.features(2000000011, id, 24) FROM generate_series(1, 100000) AS id;
COMMIT;

-- Frozen and analysed here: no repetition pays for hint bits or plans on guessed statistics.
VACUUM (ANALYZE, FREEZE);
