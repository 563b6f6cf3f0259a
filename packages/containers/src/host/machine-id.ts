import { createHash } from 'node:crypto'

/**
 * A hash that tells machines apart without revealing their ids, which are meant to stay on them (machine-id(5)): 16 hexadecimal digits.
 *
 * @param id the text of /etc/machine-id, or its equivalent on other systems
 * @returns  null when there is no id: in many containers, and before the first start of a machine
 */
export function machineDigest(id: string | null | undefined): string | null {
  const known = id?.trim()
  if (!known || known === 'uninitialized') return null
  return createHash('sha256').update(`bakeoff machine ${known}`).digest('hex').slice(0, 16)
}
