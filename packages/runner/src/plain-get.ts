import type { FetchRequest } from './ports.js'

/** A GET beside every load, without headers and body. */
export function plainGet(
  origin: string,
  path: string,
  limits: Pick<FetchRequest, 'timeoutMs' | 'mostBytes'>,
): FetchRequest {
  return { origin, method: 'GET', path, headers: {}, body: null, encoding: 'utf8', abandonAfterMs: null, ...limits }
}
