import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { buildsAtOnce, committedSeconds, ImageStore } from '@bakeoff/containers'
import { type Catalogue, type FirstRun, firstRun, type NeededImage } from '@bakeoff/core'
import type { EngineFacts, HostFacts, Plan } from '@bakeoff/model'
import { type ImageRequest, requestsOf } from '@bakeoff/runner'
import type { Project } from './project.js'
import { type Machine, materialsOf } from './workbench.js'

/** How much disk each shipped image takes beyond the base image; scripts/write-image-bytes.mjs writes it. */
const bytesFile = 'compose/image-bytes.json'

/**
 * The time and disk that plans will take on this machine, one after the other. Builds and changes nothing.
 *
 * @param machine null: there is no engine, so nothing is here
 */
export async function readFirstRuns(
  project: Project,
  catalogue: Catalogue,
  plans: readonly Plan[],
  machine: Machine | null,
): Promise<FirstRun[]> {
  const images = machine === null ? null : new ImageStore(machine.engine.client, { ...project, env: process.env })
  const bytes = imageBytes(project.home)
  const committed = await committedSeconds(project.home)
  const secondsOf = async (name: string) =>
    images === null ? (committed.get(name) ?? null) : images.expectedBuildSeconds(name)
  const look = async (request: ImageRequest): Promise<NeededImage> => {
    const isHere = images !== null && (await images.lookUpImage(request).catch(() => null)) !== null
    return {
      name: request.name,
      isHere,
      buildSeconds: isHere ? null : await secondsOf(request.name), // asked only where it is needed: each is a call to the engine
      bytes: bytes.get(request.name) ?? null,
    }
  }
  const known = new Map<string, Promise<NeededImage>>()
  const lookOnce = (request: ImageRequest) => {
    const looked = known.get(request.name) ?? look(request)
    known.set(request.name, looked)
    return looked
  }
  return Promise.all(
    plans.map(async (plan) => {
      const needed = await Promise.all(requestsOf(plan, materialsOf(project, catalogue, plan)).map(lookOnce))
      const { cpus, memoryBytes } = plan.engine
      return firstRun(needed, buildsAtOnce({ cores: cpus, memoryBytes }), plan.estimateMs)
    }),
  )
}

/** The engine that would be set up on this machine, as far as a plan needs one. */
export function engineToCome(host: HostFacts): EngineFacts {
  return {
    name: 'Docker Engine',
    version: 'to be set up',
    apiVersion: 'unknown',
    endpoint: 'unix:///var/run/docker.sock',
    foundBy: 'setup',
    cgroupVersion: null,
    cgroupDriver: null,
    storageDriver: null,
    rootless: false,
    reducedTruth: false,
    operatingSystem: host.os,
    architecture: host.architecture,
    cpus: host.cpus.length || availableParallelism(),
    memoryBytes: host.memoryBytes ?? Number.POSITIVE_INFINITY,
    sameKernel: true,
  }
}

function imageBytes(root: string): ReadonlyMap<string, number> {
  try {
    const entries: [string, unknown][] = Object.entries(JSON.parse(readFileSync(join(root, bytesFile), 'utf8')))
    return new Map(entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1])))
  } catch {
    return new Map() // another project may lack the file: its estimates are then less exact
  }
}
