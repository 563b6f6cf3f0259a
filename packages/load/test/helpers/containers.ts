import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ImageStore, openSession } from '@bakeoff/containers'
import { plainContainer } from '@bakeoff/runner'
import type { ImageRequest, RunningContainer } from '@bakeoff/runner/ports'
import { buildDist, engineUnderTest, root } from '../../../containers/test/engine.js'
import type { RawEngine } from '../../../containers/test/raw-engine.js'
import { signal } from './agent.js'

/** What a test starts: everything else is the same for all of them. */
export interface Start {
  readonly name: string
  readonly image: string
  readonly memoryBytes: number
  readonly environment?: Readonly<Record<string, string>>
  /** it is talked to over docker attach */
  readonly interactive: boolean
}

/** Containers of a test, on an internal network of its own. */
export interface TestContainers extends AsyncDisposable {
  readonly docker: RawEngine
  start(what: Start): Promise<RunningContainer>
}

/**
 * Builds images and opens a session with a network, as a run does.
 *
 * @param name   of the test, unique
 * @param images to be built; the folder given is temporary, for what is made for them
 */
export async function openContainers(
  name: string,
  images: (temporary: string) => Promise<readonly ImageRequest[]>,
): Promise<TestContainers> {
  await buildDist() // of the session: its watchdog is a process of its own
  const { client, docker, facts } = await engineUnderTest()
  const temporary = await mkdtemp(join(tmpdir(), `bakeoff-${name}-`))
  const built = new ImageStore(client, { root, logFolder: join(temporary, 'logs') })
  for (const request of await images(temporary)) await built.ensureImage(request, signal)
  // A lock of its own, so that a run beside it does not find the engine held.
  const lockFolder = join(temporary, 'locks')
  const session = await openSession(client, facts, { root, say: () => {}, images: built, lockFolder })
  const network = await session.openNetwork(`${name}-test`)
  return {
    docker,
    start: ({ name, image, memoryBytes, environment = {}, interactive }) =>
      session.start(network, {
        ...plainContainer(name, image, { cpus: 1, cpuset: [], quotaCpus: null, memoryBytes }),
        environment,
        interactive,
      }),
    async [Symbol.asyncDispose]() {
      await network[Symbol.asyncDispose]()
      await session.close()
      await rm(temporary, { recursive: true, force: true })
    },
  }
}
