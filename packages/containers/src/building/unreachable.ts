/**
 * The messages of package managers and engines when something outside cannot be reached: names that do not resolve, connections that
 * are refused or time out, a registry that is busy. A missing file (404) is not one of these: the Dockerfile asks for the wrong file.
 */
const SIGNS = new RegExp(
  [
    // resolvers: glibc, curl, Go, Node, pip
    'temporary failure in name resolution',
    'temporary failure resolving',
    'could not resolve (host|proxy)',
    "couldn't resolve host",
    'name or service not known',
    'no such host',
    'server misbehaving',
    'getaddrinfo (EAI_AGAIN|ENOTFOUND)',
    'failed to lookup address',
    ':nxdomain',
    // connections
    'network is unreachable',
    'no route to host',
    'connection (refused|reset|timed out)',
    '\\bECONN(REFUSED|RESET)\\b',
    '\\bETIMEDOUT\\b',
    'i/o timeout',
    'TLS handshake timeout',
    'context deadline exceeded',
    'Client\\.Timeout exceeded',
    'operation timed out',
    'read timed out',
    'spurious network error',
    // registries
    'toomanyrequests',
    '(429 too many requests|502 bad gateway|503 service (temporarily )?unavailable|504 gateway time-?out)',
  ].join('|'),
  'i',
)

/** The first line that says that something outside could not be reached; null when none does. */
export function unreachableLine(lines: readonly string[]): string | null {
  return lines.find((line) => SIGNS.test(line)) ?? null
}
