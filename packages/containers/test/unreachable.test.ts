import { expect, it } from 'vitest'
import { unreachableLine } from '../src/building/unreachable.js'

it.each([
  "W: Failed to fetch http://packages.example/debian/dists/bookworm/InRelease  Temporary failure resolving 'packages.example'",
  'curl: (6) Could not resolve host: example.org',
  'go: github.com/x/y@v1.0.0: Get "https://proxy/x/y": dial tcp: lookup proxy on 127.0.0.11:53: no such host',
  'npm error network request to https://x failed, reason: getaddrinfo EAI_AGAIN x',
  'npm error code ECONNRESET',
  "WARNING: Retrying after connection broken by 'NewConnectionError: Failed to establish: [Errno 101] Network is unreachable'",
  'warning: spurious network error (3 tries remaining): [28] Timeout was reached',
  'toomanyrequests: You have reached your pull rate limit.',
  'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout',
])('is the network: %s', (line) => expect(unreachableLine(['Step 3/7 : RUN x', line, 'the command failed'])).toBe(line))

it.each([
  'src/main.rs:3:5: error[E0425]: cannot find value `x` in this scope',
  'E: Unable to locate package libnope',
  'curl: (22) The requested URL returned error: 404',
  'npm error 404 Not Found - GET https://x/nope',
  'test tcp::refuses_connections ... FAILED',
])('is the Dockerfile: %s', (line) => expect(unreachableLine([line])).toBeNull())
