#!/bin/sh
# Measures one closed load and ends. It reads the order from stdin, a line of words and then the corpus, and writes one line of
# JSON to stdout. What wrk itself prints goes to stderr.
#
#   threads connections seconds timeoutSeconds seed corpusBytes url
set -eu

read -r threads connections seconds timeout seed bytes url
export CORPUS="${TMPDIR:-/tmp}/corpus" REPORT="${TMPDIR:-/tmp}/report" SEED="$seed"
head -c "$bytes" > "$CORPUS"
# `wrk -v` calls itself `wrk debian/4.1.0-4 [epoll] …`, and ends with 1.
WRK_VERSION=$( (wrk -v || true) | sed -n '1s/^wrk \([^ ]*\).*/\1/p')
export WRK_VERSION

load() {
  wrk --threads "$threads" --connections "$connections" --duration "${1}s" --timeout "${timeout}s" --latency \
    --script "${0%/*}/replay.lua" "$url" >&2
}
load 1 # wrk's own first second, and the target's after its pause
load "$seconds"
cat "$REPORT"
