import { z } from 'zod'

/** How a target is reached: its port, what it answers when it is ready, and whether by TLS. */
export const reach = z.object({
  port: z.int().min(1).max(65_535),
  /** GET at this path is answered with this status once the target can serve */
  health: z.object({ path: z.string(), status: z.int() }),
  tls: z.boolean(),
})
export type Reach = z.infer<typeof reach>

/** How a target is reached that says nothing of it. */
export const USUAL_REACH: Reach = { port: 8080, health: { path: '/health', status: 200 }, tls: false }

/** How a target, or an entry of it, is reached. */
export function reachOf({ reach: own }: { readonly reach?: Reach | null | undefined }): Reach {
  return own ?? USUAL_REACH
}

/** `port 3000 by TLS, ready when GET /healthz answers 200` */
export function reachWords({ port, health, tls }: Reach): string {
  return `port ${port}${tls ? ' by TLS' : ''}, ready when GET ${health.path} answers ${health.status}`
}

/** Where TLS files lie in the container of a target with `tls: true`. They are made anew for every run. */
export const TLS_FOLDER = '/etc/bakeoff/tls'
/** The name of the target's certificate, by which containers of its testbed reach it. */
export const TLS_NAME = 'target'

/** What tells a target where its TLS files are, by the name of the variable. */
export const TLS_ENVIRONMENT: Readonly<Record<string, string>> = {
  TLS_CERT: `${TLS_FOLDER}/cert.pem`,
  TLS_KEY: `${TLS_FOLDER}/key.pem`,
  TLS_CA: `${TLS_FOLDER}/ca.pem`,
}
