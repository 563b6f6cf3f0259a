import { TLS_FOLDER, TLS_NAME } from '@bakeoff/model'
import { certify } from './certificate.js'
import type { MountedFiles, Trust } from './ports.js'

/** The authority of a run, and the one certificate by it. */
export interface Authority {
  /** whom the load agent trusts, and nobody else */
  readonly trust: Trust
  /** certificate, key and the authority's own certificate, for a target that answers by TLS */
  readonly filesOfTarget: MountedFiles
}

/** Clocks of the engine's machine may be behind this one's. */
const BEFORE_MS = 24 * 3_600_000
/** Longer than a run. */
const VALID_MS = 30 * 24 * 3_600_000

/** Makes an authority whose key is thrown away once it has signed, so that there is never a second certificate by it. */
export function makeAuthority(nowMs: number): Authority {
  const lasting = { fromMs: nowMs - BEFORE_MS, toMs: nowMs + VALID_MS }
  const authority = certify({ subject: 'Bakeoff, for one run', hosts: [], ...lasting }, null)
  const target = certify({ subject: TLS_NAME, hosts: [TLS_NAME], ...lasting }, authority)
  return {
    trust: { authority: authority.certificatePem, name: TLS_NAME },
    filesOfTarget: {
      folder: TLS_FOLDER,
      texts: {
        'ca.pem': authority.certificatePem,
        'cert.pem': target.certificatePem,
        'key.pem': target.key.export({ type: 'pkcs8', format: 'pem' }) as string,
      },
    },
  }
}
