import { createHash } from 'node:crypto'
import { type Catalogue, type Fingerprint, fingerprintOnDisk, takeRequests } from '@bakeoff/core'
import type { ImageFacts, Plan, StoredFingerprint } from '@bakeoff/model'
import type { BuiltImages } from '@bakeoff/runner'
import { codeDigest } from './code-digest.js'
import { gitState } from './planning.js'
import type { RunFolder } from './run-folder.js'
import type { Setting } from './setting.js'

/** Images by name as they are now, or the reason why there is none. */
export type ImagesNow = ReadonlyMap<string, ImageFacts | { readonly why: string }>

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The fingerprint of a run that begins, before it has any image. */
export function toStore(
  planText: string,
  profile: Readonly<Record<string, unknown>> | null,
  baseId: string | null,
): StoredFingerprint {
  return {
    schemaVersion: 1,
    planDigest: digestOf(planText),
    profile: profile === null ? null : { ...profile },
    code: codeDigest(),
    baseId,
    images: {},
  }
}

/** Adds the images that are there now, before anything is measured with them. */
export function withImages(stored: StoredFingerprint, images: BuiltImages): StoredFingerprint {
  const facts = [...images.values()].flatMap((built) => ('facts' in built ? [built.facts] : []))
  const added = Object.fromEntries(facts.map(({ name, id, key }) => [name, { id, key }]))
  return { ...stored, images: { ...stored.images, ...added } }
}

/** The profile of a plan, as matrix.yaml defines it now. */
export function profileOf(catalogue: Catalogue, { profile }: Plan): Readonly<Record<string, unknown>> | null {
  return (catalogue.matrix.profiles[profile] as Readonly<Record<string, unknown>> | undefined) ?? null
}

/** What a run was measured with, as far as its folder records it. */
export function fingerprintBefore(folder: RunFolder): Fingerprint {
  return fingerprintOnDisk({
    plan: folder.readPlan(),
    stored: folder.readFingerprint(),
    records: folder.readRecords(),
    calibrations: folder.readCalibrations(),
    baseId: folder.readContextIfThere()?.base.id ?? null,
  })
}

/** What the run would go on with now. */
export function fingerprintNow(
  { project, catalogue, machine, site = null }: Setting,
  folder: RunFolder,
  baseId: string | null,
  images: ImagesNow,
): Fingerprint {
  const plan = folder.readPlan()
  const works = plan.scenarios.map(({ id, requests }) => {
    const scenario = catalogue.scenarios.find((one) => one.id === id)
    return [id, scenario ? takeRequests(scenario, requests).workDigest : null] as const
  })
  return {
    host: machine.host,
    engine: machine.engine.facts,
    site,
    git: gitState(project.root),
    code: codeDigest(),
    planDigest: digestOf(folder.readPlanText()),
    profile: profileOf(catalogue, plan),
    work: Object.fromEntries(works),
    baseId,
    images: Object.fromEntries(
      [...images].map(([name, now]) => [name, 'why' in now ? { ids: [], why: now.why } : { ids: [now.id] }]),
    ),
  }
}
