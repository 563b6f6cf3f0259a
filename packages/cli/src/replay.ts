import { compareFingerprints, type Fingerprint, replayPlan } from '@bakeoff/core'
import { BakeoffError, type Plan, type PlanWarning, toErrorRecord } from '@bakeoff/model'
import { type Built, type BuiltImages, buildImages, type ImageRequest, requestsOf } from '@bakeoff/runner'
import type { Beginning, Begun, RunSetting } from './beginning.js'
import { typedCommand } from './called-as.js'
import { fingerprintBefore, fingerprintNow, toStore, withImages } from './fingerprints.js'
import { HeldEvents } from './held-events.js'
import { bringBack } from './other-commit.js'
import { gitState, runIdAt } from './planning.js'
import { findRun, RunFolder } from './run-folder.js'
import { imagesOfRun } from './run-images.js'
import { materialsOf, type Workbench } from './workbench.js'

export interface Replay {
  /** id or folder of the run that is repeated */
  readonly run: string
  /** `scenario/target/variant`, with `@load` for one load of it; empty: everything */
  readonly cells: readonly string[]
}

/** The run to repeat. */
interface First {
  readonly folder: RunFolder
  readonly plan: Plan
  readonly fingerprint: Fingerprint
}

/**
 * The plan of an earlier run as a new run, with the images of the earlier one. Another machine is told on the report;
 * other work or other images are refused.
 *
 * @throws BakeoffError BAD_SPEC, BAD_RESULTS or OUT_OF_RESOURCES; nothing is written then
 */
export function replayRun(setting: RunSetting, { run, cells }: Replay): Beginning {
  const { project, machine, site = null } = setting
  const folder = RunFolder.open(findRun(project.reports, run))
  refuseWithoutContext(folder, run)
  const first: First = { folder, plan: folder.readPlan(), fingerprint: fingerprintBefore(folder) }
  const warnings = warningsOf(setting, first)
  if (first.plan.against) bringBack(project, first.plan.against)
  const now = new Date()
  const plan = replayPlan({
    first: first.plan,
    cells,
    host: machine.host,
    engine: machine.engine.facts,
    site,
    runId: runIdAt(now),
    createdAt: now.toISOString(),
    command: typedCommand(),
    git: gitState(project.root),
    warnings,
  })
  return { plan, begin: (workbench) => begin(setting, first, plan, workbench) }
}

function refuseWithoutContext(first: RunFolder, run: string): void {
  if (first.readContextIfThere() !== null) return
  throw new BakeoffError(
    'BAD_RESULTS',
    `${run} cannot be replayed: it is an example or an attachment, or ended before it measured, and does not say which images it used`,
    { hint: 'Measure the same targets as a run of your own, then compare: npm run matrix, npm run compare' },
  )
}

/**
 * The differences from the first run, for the report.
 *
 * @throws BakeoffError BAD_SPEC when requests or golden answers are
 */
function warningsOf(setting: RunSetting, { folder, plan: { runId }, fingerprint }: First): PlanWarning[] {
  const now = fingerprintNow(setting, folder, fingerprint.baseId, new Map())
  const { differences } = compareFingerprints(fingerprint, now)
  const work = differences.filter(({ of }) => of === 'work')
  if (work.length > 0) {
    throw new BakeoffError(
      'BAD_SPEC',
      `run ${runId} cannot be replayed: ${work.map(({ what }) => what).join(', ')} changed since`,
      { hint: goBack(fingerprint) },
    )
  }
  return differences
    .filter(({ of }) => of === 'host' || of === 'engine' || of === 'program')
    .map(({ what, was, is }) => ({
      what: `${what}: ${was} in run ${runId}, ${is} here`,
      where: 'all scenarios',
      why: 'This run repeats the plan and the images of that run; any other difference may change its figures.',
      todo: 'A difference between the two runs may come from this.',
    }))
}

async function begin(setting: RunSetting, first: First, wanted: Plan, workbench: Workbench): Promise<Begun> {
  const { project, catalogue, signal } = setting
  const before = first.fingerprint
  const held = new HeldEvents(setting.show)
  const ports = workbench.ports(held)
  const materials = materialsOf(project, catalogue, wanted)
  const given = new Map<string, Built>()
  const missing: ImageRequest[] = []
  for (const request of requestsOf(wanted, materials)) {
    const [id, ...others] = before.images[request.name]?.ids ?? []
    const facts = id === undefined || others.length > 0 ? null : await ports.host.findImage(request.name, id)
    if (facts) given.set(request.name, { facts })
    // Images that the first run never measured are built when their block comes.
    else if (id !== undefined || before.code === null) missing.push(request)
  }
  const made = await buildImages(missing, ports, signal)
  const warnings = acceptMade(first, made)
  for (const [name, built] of made) given.set(name, built)

  const folder = RunFolder.create(project.reports, wanted.runId)
  await folder.own()
  const plan = { ...wanted, runId: folder.runId, warnings: [...warnings, ...wanted.warnings] }
  const planText = JSON.stringify(plan)
  await folder.writePlan(planText)
  folder.writeContext(first.folder.readContext()) // holds the Dockerfiles of those images, which may have changed since
  const fingerprint = withImages(toStore(planText, null, before.baseId), given) // the rules are those of the first plan
  folder.writeFingerprint(fingerprint)
  held.releaseTo(folder)
  const images = imagesOfRun({ given, fingerprint, folder, plan }, setting, workbench.ports(folder))
  return { plan, folder, before: { records: [], calibrations: [], images } }
}

/**
 * Checks images that are not on the engine any more and were built again. One that is built from the same files may take the
 * old one's place, and the report says so.
 *
 * @throws BakeoffError BAD_SPEC with every image that cannot be had as it was
 */
function acceptMade({ folder, plan: { runId }, fingerprint }: First, made: BuiltImages): PlanWarning[] {
  const keys = recordedKeys(folder)
  const warnings: PlanWarning[] = []
  const refused: string[] = []
  const warn = (name: string, what: string) =>
    warnings.push({
      what: `${name} ${what}`,
      where: 'all scenarios',
      why: `Run ${runId} was measured with another build or one that it did not record, and two builds of the same files may differ.`,
      todo: 'A difference between the two runs may come from this.',
    })
  for (const [name, built] of made) {
    const ids = fingerprint.images[name]?.ids ?? []
    if (ids.length === 0) {
      // The run is older than the recording of ids, or the image could not be built then either.
      if ('facts' in built) warn(name, 'is not recorded by the first run')
    } else if (ids.length > 1) refused.push(`${name}: the run was measured with several images of this name`)
    else if ('error' in built) refused.push(`${name}: gone from this engine; ${toErrorRecord(built.error).message}`)
    else if (built.facts.id === ids[0]) continue
    else if (built.facts.key === keys.get(name)) warn(name, 'is gone and was built anew from the same files')
    else
      refused.push(
        `${name}: gone from this engine, and its files${keys.has(name) ? ' have changed' : ' are not known'}`,
      )
  }
  if (refused.length === 0) return warnings
  throw new BakeoffError(
    'BAD_SPEC',
    `run ${runId} cannot be replayed, since its images cannot be had:\n${refused.map((line) => `  ${line}`).join('\n')}`,
    { hint: goBack(fingerprint) },
  )
}

/** Keys by name of the images that a run used. */
function recordedKeys(first: RunFolder): ReadonlyMap<string, string> {
  const stored = Object.entries(first.readFingerprint()?.images ?? {}).map(([name, { key }]) => [name, key] as const)
  const recorded = first.readRecords().flatMap(({ image }) => (image ? [[image.name, image.key] as const] : []))
  return new Map([...recorded, ...stored])
}

function goBack({ git }: Fingerprint): string {
  return git.commit === null
    ? 'Put their files back as they were, or measure anew: npm run matrix'
    : `Get their files back and replay again: git checkout ${git.commit.slice(0, 10)}. Or measure anew: npm run matrix`
}
