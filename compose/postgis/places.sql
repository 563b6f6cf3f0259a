-- The tables of the ranknet article, with the features of this scenario's: ids are bigint, features float8, and every item has a place.
--
-- The article's users have 30 features and its items 10. Here it stays with 16 and 24, or the golden answers would be others. A float4 is
-- a float8 bit for bit, so the scores are the same.
\set ON_ERROR_STOP on

CREATE EXTENSION postgis;

-- Filled in the transaction that makes them: with wal_level = minimal that writes no log, and the image stays small.
BEGIN;
CREATE TABLE feature_1 (id bigint PRIMARY KEY, feature float8[] NOT NULL);
CREATE TABLE feature_2 (id bigint PRIMARY KEY, geog geography(Point, 4326) NOT NULL, feature float8[] NOT NULL);

INSERT INTO feature_1 SELECT id, features::float8[] FROM users ORDER BY id;
-- Within a town of 50 by 40 km, by the item's first two features, which lie in [-1, 1).
INSERT INTO feature_2
SELECT id, ST_SetSRID(ST_MakePoint(100.6 + features[1] * 0.23, 13.75 + features[2] * 0.18), 4326)::geography, features::float8[]
FROM items ORDER BY id;
DROP TABLE users, items;
COMMIT;

VACUUM (ANALYZE, FREEZE);
