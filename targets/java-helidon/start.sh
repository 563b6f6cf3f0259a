#!/bin/sh
# Copied from templates/java/start.sh: change it there, then run node scripts/copy-templates.mjs.
# Starts the service with a JVM that keeps to the caps: by itself it sees a cpuset but not every quota, and takes a quarter of the memory as
# its heap. Options of the target's own are in JAVA_OPTIONS.
set -eu

# With one core nothing can be collected beside the service, and the plain collector costs least.
if [ "${CORES:-}" = 1 ]; then collector=Serial; else collector=G1; fi
set -- "-XX:+Use${COLLECTOR:-$collector}GC" "-XX:MaxRAMPercentage=${HEAP_PERCENT:-50}" \
  -XX:+UseCompactObjectHeaders -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError

# What is no number is refused by the service, by the variable's name.
case "${CORES:-}" in '' | *[!0-9]* | 0) ;; *) set -- "$@" "-XX:ActiveProcessorCount=$CORES" ;; esac
case "${MEMORY_BYTES:-}" in '' | *[!0-9]* | 0) ;; *) set -- "$@" "-XX:MaxRAM=$MEMORY_BYTES" ;; esac

# It is made when the image is built (train.sh), with the same options and the same class path: sorted, as the shell does it.
# What does not fit this processor is made anew, without a word.
if [ -e /app/server.aot ]; then set -- "$@" -XX:AOTCache=/app/server.aot '-Xlog:aot*=error'; fi
jars=$(IFS=:; set -- /app/lib/*.jar; echo "$*")

# Options are words.
# shellcheck disable=SC2086
exec java "$@" ${JAVA_OPTIONS:-} -cp "$jars" bakeoff.Main
