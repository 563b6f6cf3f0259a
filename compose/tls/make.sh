#!/bin/sh
# Makes an authority of its own and one certificate by it: sh make.sh <folder>. The authority's key is thrown away, so there is never a second one.
# On a P-256 curve, as public APIs have them today.
set -eu
config=$(cd "$(dirname "$0")" && pwd)/certificates.cnf
out=$1
mkdir -p "$out"
cd "$out"
key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc'
openssl req -x509 -config "$config" -extensions authority -subj '/CN=Bakeoff, for one build' -days 36500 $key -keyout authority.key -out ca.pem
openssl req -x509 -config "$config" -extensions upstream -subj /CN=openai-upstream -days 36500 $key -keyout upstream.key -out upstream.pem \
  -CA ca.pem -CAkey authority.key
rm authority.key
openssl verify -x509_strict -purpose sslserver -verify_hostname openai-upstream -CAfile ca.pem upstream.pem
