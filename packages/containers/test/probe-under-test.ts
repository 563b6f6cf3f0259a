import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleProbe } from '../scripts/bundle-probe.mjs'
import { type EngineClient, ImageStore, labelsOf, type ProbeOptions, probeImage } from '../src/index.js'
import { thisOwner } from '../src/locks/owner.js'
import { root } from './engine.js'

/** Builds the probe's image from the sources, so that what is tested is never an older build. @returns its id */
export async function buildProbe(client: EngineClient): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'bakeoff-probe-'))
  try {
    const folder = join(temporary, 'image')
    await bundleProbe(folder)
    const images = new ImageStore(client, { root, logFolder: join(temporary, 'logs') })
    const request = { name: probeImage, folder, requires: [] }
    return (await images.ensureImage(request, AbortSignal.timeout(20 * 60_000))).id
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

export const aSession = () => `probe-test-${randomBytes(4).toString('hex')}`

export async function probeOptions(
  image: string,
  changes: Partial<ProbeOptions> & Pick<ProbeOptions, 'host'>,
): Promise<ProbeOptions> {
  const session = changes.session ?? aSession()
  const labels = labelsOf(await thisOwner(session))
  return { session, labels, image, say: (line) => console.log(line), ...changes }
}
