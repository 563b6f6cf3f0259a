#!/bin/bash
# Copied from templates/java/train.sh: change it there, then run node scripts/copy-templates.mjs.
# Starts the service once and asks it for each of the given paths, by POST where a body follows after a space. The JVM then writes down
# which classes it loaded and linked, and what their methods were called with (JEP 514, 515): the next start takes them from there.
set -eu

export PORT=8080 CORES=1
JAVA_OPTIONS="${JAVA_OPTIONS:-} -XX:AOTCacheOutput=/app/server.aot -Xlog:aot=error" sh /app/start.sh &
service=$!

ask() {
  local path body status
  read -r path body <<<"$1"
  exec {socket}<>"/dev/tcp/127.0.0.1/$PORT"
  printf '%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s' \
    "$([ "$body" ] && echo POST || echo GET)" "$path" "${#body}" "$body" >&"$socket"
  read -r -t 30 status <&"$socket"
  echo "$path: $status"
  [[ $path != /info || $status == *' 200 '* ]] # what a check does not ask in every scenario
  exec {socket}>&-
}

for _ in {1..100}; do
  (ask /health) 2>/dev/null && break
  sleep 0.1
done
for request in "$@"; do ask "$request"; done
kill "$service"
wait "$service"
