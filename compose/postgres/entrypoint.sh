#!/bin/sh
# Puts the image's data where it can be written, then becomes PostgreSQL.
set -eu
if [ ! -e "$PGDATA" ]; then
  cp -a /usr/share/bakeoff/pgdata "$PGDATA"
fi
exec postgres "$@"
