import { BakeoffError } from '@bakeoff/model'
import type { EngineClient } from '../client/client.js'
import type { Builder } from '../client/image-calls.js'

const NAMES: readonly Builder[] = ['classic', 'buildkit']

/**
 * The builder to use: the classic one, which keeps a build within a memory cap, unless BAKEOFF_BUILDER asks for BuildKit, which does not. `auto` is
 * BuildKit where the engine announces it. An image's key does not depend on the builder: both make the same of a Dockerfile, and an existing image
 * must not be built again only because the engine was updated.
 *
 * @throws BakeoffError BAD_SPEC for any other value
 */
export async function builderOf(
  client: EngineClient,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Builder> {
  const wanted = env.BAKEOFF_BUILDER || 'classic'
  if (wanted === 'auto') return (await client.builderVersion()) === '2' ? 'buildkit' : 'classic'
  const builder = NAMES.find((name) => name === wanted)
  if (builder) return builder
  throw new BakeoffError('BAD_SPEC', `BAKEOFF_BUILDER is "${wanted}"`, {
    hint: 'Write classic, buildkit, or auto: BuildKit where the engine announces it. Without it images are built by the classic builder.',
  })
}
