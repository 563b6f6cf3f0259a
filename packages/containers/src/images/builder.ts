import type { IncomingMessage } from 'node:http'
import { BakeoffError } from '@bakeoff/model'
import type Docker from 'dockerode'

/**
 * Which of Docker's two builders makes images. An image's key does not depend on it: both make the same of a Dockerfile, and one that
 * is here must not be built again because the engine was updated.
 */
export type Builder = 'classic' | 'buildkit'

const NAMES: readonly Builder[] = ['classic', 'buildkit']

/**
 * The classic builder, which keeps a build within a cap of memory, unless BAKEOFF_BUILDER asks for BuildKit, which does not. `auto` is
 * BuildKit where the engine announces it.
 *
 * @throws BakeoffError BAD_SPEC for a builder that is none
 */
export async function builderOf(docker: Docker, env: Readonly<Record<string, string | undefined>>): Promise<Builder> {
  const wanted = env.BAKEOFF_BUILDER || 'classic'
  if (wanted === 'auto') return (await announcedBuilder(docker)) === '2' ? 'buildkit' : 'classic'
  const builder = NAMES.find((name) => name === wanted)
  if (builder) return builder
  throw new BakeoffError('BAD_SPEC', `BAKEOFF_BUILDER is "${wanted}"`, {
    hint: 'Write classic, buildkit, or auto: BuildKit where the engine announces it. Without it images are built by the classic builder.',
  })
}

/** The version of the builder that an engine recommends, `2` for BuildKit: a header of its ping. Null: it says nothing. */
function announcedBuilder(docker: Docker): Promise<string | null> {
  const request = {
    path: '/_ping',
    method: 'GET',
    isStream: true, // only so is the answer given with its headers
    statusCodes: { 200: true as const, 500: 'server error' },
  }
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, answer: unknown) => {
      if (error) return reject(error)
      const response = answer as IncomingMessage
      response.resume()
      const version = response.headers['builder-version']
      resolve(typeof version === 'string' ? version : null)
    })
  })
}
