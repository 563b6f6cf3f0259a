/** Published holes through which a container gets out, and whether this engine is older than their fixes. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { EngineFacts } from '@bakeoff/model'
import type { VersionAnswer } from '../client/answers.js'
import type { EngineClient } from '../client/client.js'
import { FACTS_MS } from './facts.js'

type Component = 'engine' | 'runc' | 'Docker Desktop'

interface PublishedHole {
  readonly id: string
  readonly component: Component
  /** the first version of each line of releases that has the fix, oldest line first */
  readonly fixedIn: readonly string[]
  /** what a container can do; completes "a container …" */
  readonly means: string
  /** why targets of a run still cannot use the hole; null: nothing else prevents it */
  readonly closedBy: string | null
}

/** The known holes. A new hole is one entry here. */
export const publishedHoles: readonly PublishedHole[] = [
  {
    id: 'CVE-2019-5736',
    component: 'engine',
    fixedIn: ['18.06.2', '18.09.2'],
    means: 'that runs as root can overwrite runc, and is root on the machine the next time a container starts',
    closedBy: null,
  },
  {
    id: 'CVE-2024-21626',
    component: 'runc',
    fixedIn: ['1.1.12'],
    means: 'of an image with a certain working directory gets at the file system of the machine',
    closedBy: null,
  },
  {
    id: 'CVE-2024-29018',
    component: 'engine',
    fixedIn: ['23.0.11', '25.0.5', '26.0.0'],
    means:
      'on a network that leads nowhere can still send what it likes outside, as names to look up, where the resolver of the machine listens on a loopback address',
    closedBy: 'containers of a run have no such resolver',
  },
  {
    id: 'CVE-2025-31133',
    component: 'runc',
    fixedIn: ['1.2.8', '1.3.3', '1.4.0-rc.3'],
    means:
      'that changes its own files while it starts can get at settings of the kernel (with CVE-2025-52565 and CVE-2025-52881)',
    closedBy: null,
  },
  {
    id: 'CVE-2025-9074',
    component: 'Docker Desktop',
    fixedIn: ['4.44.3'],
    means: 'can give orders to the engine itself',
    closedBy: null,
  },
]

export interface Hole extends PublishedHole {
  /** the version that the engine has */
  readonly version: string
  /** what is known about a fix that a distribution put into its older version; null where the makers' own build runs */
  readonly packaged: string | null
}

/** Changelogs of installed packages; null where there is none, or where it belongs to another version. */
export type Changelogs = (component: Component, version: string) => string | null

/** The holes of this engine that are not known to be closed. */
export async function knownHoles(client: EngineClient, facts: EngineFacts, signal?: AbortSignal): Promise<Hole[]> {
  const version = await client.version({ signal, withinMs: FACTS_MS })
  return holesOf(version, facts.sameKernel ? installedChangelog : () => null)
}

/** The known holes of an engine's versions. Pure. Podman is another program with other holes, which are not listed here. */
export function holesOf(version: VersionAnswer, changelogs: Changelogs): Hole[] {
  if ((version.Components ?? []).some(({ Name }) => /podman/i.test(Name ?? ''))) return []
  const versions: Record<Component, string | undefined> = {
    engine: version.Version,
    runc: version.Components?.find(({ Name }) => Name === 'runc')?.Version,
    'Docker Desktop': /^Docker Desktop (\d+\.\d+\.\d+)/.exec(version.Platform?.Name ?? '')?.[1],
  }
  // The makers' builds name their platform.
  const isPackaged = (version.Platform?.Name ?? '') === ''
  return publishedHoles.flatMap((hole): Hole[] => {
    const has = versions[hole.component]
    if (has === undefined || isFixed(has, hole.fixedIn) !== false) return []
    if (!isPackaged) return [{ ...hole, version: has, packaged: null }]
    const changelog = changelogs(hole.component, has)
    if (changelog?.includes(hole.id)) return []
    const packaged =
      changelog === null
        ? 'its distribution may have put the fix in: see the changelog of the package'
        : 'the changelog of its package does not name it'
    return [{ ...hole, version: has, packaged }]
  })
}

/** One sentence on a hole, for doctor and the report. */
export function holeSentence({ id, component, version, fixedIn, means, closedBy, packaged }: Hole): string {
  const known = packaged === null ? '' : `; ${packaged}`
  const closed = closedBy === null ? '' : `. ${closedBy[0]?.toUpperCase()}${closedBy.slice(1)}`
  return `${id}, fixed in ${component} ${fixedIn.join(', ')} (this is ${version}${known}): a container ${means}${closed}`
}

/** Whether a version is older than the fix; null for a version that cannot be read. A release after the newest line with a fix has it too. */
export function isFixed(version: string, fixedIn: readonly string[]): boolean | null {
  const has = parse(version)
  const fixes = fixedIn.map(parse).filter((fix) => fix !== null)
  const newest = fixes.at(-1)
  if (has === null || newest === undefined) return null
  const ofItsLine = fixes.find(([major, minor]) => major === has[0] && minor === has[1])
  return compare(has, ofItsLine ?? newest) >= 0
}

type Version = readonly [major: number, minor: number, patch: number, candidate: number]

/** Parses `20.10.24+dfsg1`, `1.0.0-rc95`, `26.0.0-rc.2`; what a distribution adds says nothing about fixes. */
function parse(version: string): Version | null {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)(?:[-~](?:rc|beta)\.?(\d+))?/.exec(version)
  if (parts === null) return null
  const [, major, minor, patch, candidate] = parts.map((part) => (part === undefined ? undefined : Number(part)))
  return [major ?? 0, minor ?? 0, patch ?? 0, candidate ?? Number.POSITIVE_INFINITY]
}

function compare(a: Version, b: Version): number {
  const index = a.findIndex((part, at) => part !== b[at])
  return index === -1 ? 0 : (a[index] as number) - (b[index] as number)
}

/** Reads changelogs from where Debian and Ubuntu keep them. Only the changelog of the version that the engine reports counts. */
function installedChangelog(component: Component, version: string): string | null {
  const name = { engine: 'docker.io', runc: 'runc', 'Docker Desktop': null }[component]
  if (name === null) return null
  try {
    const text = gunzipSync(readFileSync(`/usr/share/doc/${name}/changelog.Debian.gz`)).toString()
    return text.startsWith(`${name} (${version}`) ? text : null
  } catch {
    return null
  }
}
