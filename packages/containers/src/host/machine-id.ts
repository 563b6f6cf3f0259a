import { createHash } from 'node:crypto'

/**
 * Tells machines apart without telling their ids, which are meant to stay on them (machine-id(5)): 16 hexadecimal digits.
 *
 * @param id the text of /etc/machine-id, or what takes its place elsewhere
 * @returns  null when there is none: in many containers, and before the first start has given one
 */
export function machineDigest(id: string | null | undefined): string | null {
  const known = id?.trim()
  if (!known || known === 'uninitialized') return null
  return createHash('sha256').update(`bakeoff machine ${known}`).digest('hex').slice(0, 16)
}
