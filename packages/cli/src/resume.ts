import { benchesThatAreLeft, compareFingerprints, type Fingerprint, type FingerprintDifference } from '@bakeoff/core'
import {
  BakeoffError,
  benchesOf,
  type ImageFacts,
  type Plan,
  type PlannedBench,
  type PlannedSite,
  type RepetitionRecord,
  type StoredFingerprint,
  toErrorRecord,
} from '@bakeoff/model'
import { type Built, buildImages, type ImageRequest, type Ports, requestsOf } from '@bakeoff/runner'
import { type Beginning, type Begun, type RunSetting, writeContext } from './beginning.js'
import { fingerprintBefore, fingerprintNow, type ImagesNow, profileOf, toStore } from './fingerprints.js'
import { HeldEvents } from './held-events.js'
import { bringBack } from './other-commit.js'
import { damageWords } from './run-files.js'
import type { RunFolder } from './run-folder.js'
import { imagesOfRun } from './run-images.js'
import { materialsOf, type Workbench } from './workbench.js'

/** The plan of an earlier run, to be measured to its end with the same images and program; the files of another commit are taken out again where they are gone. */
export function resumeRun(setting: RunSetting, folder: RunFolder): Beginning {
  const plan = folder.readPlan()
  if (plan.against) bringBack(setting.project, plan.against)
  return { plan, begin: (workbench) => begin(setting, folder, plan, workbench) }
}

/**
 * Compares everything that must be the same, and only then writes to the folder. Images that the run used are looked
 * up and not built: a second build has other bytes. Images that no block has used yet are built when their block comes.
 *
 * @throws BakeoffError BAD_SPEC with every difference; the folder is then as it was
 */
async function begin(setting: RunSetting, folder: RunFolder, plan: Plan, workbench: Workbench): Promise<Begun> {
  const { project, catalogue, signal } = setting
  const held = new HeldEvents(setting.show)
  const ports = workbench.ports(held)
  const materials = materialsOf(project, catalogue, plan)
  const before = fingerprintBefore(folder)
  const compare = (images: ImagesNow) =>
    compareFingerprints(before, fingerprintNow(setting, folder, workbench.base.id, images))

  const benches = presentBenches(plan, setting.site ?? null)
  const requests = requestsOf(plan, materials, plan.entries, benches)
  const used = requests.filter(({ name }) => before.images[name] !== undefined)
  const now = new Map<string, ImageFacts | { readonly why: string }>()
  for (const request of used) {
    const image = await lookUp(request, before.images[request.name]?.ids ?? [], plan, ports)
    if (image) now.set(request.name, image)
  }
  refuse(plan, compare(now).differences)

  // An image that is used as published may be gone; pulled again it is the same one or not.
  const gone = used.filter(({ name }) => !now.has(name))
  for (const [name, built] of await buildImages(gone, ports, signal))
    now.set(name, 'facts' in built ? built.facts : { why: toErrorRecord(built.error).message })
  const { differences, unchecked, notes } = compare(withUnrecorded(now, requests, before))
  refuse(plan, differences)

  const given = new Map<string, Built>()
  for (const [name, image] of now) if (!('why' in image)) given.set(name, { facts: image })
  // From here on the run goes on. Before this line nothing was written to its folder.
  await folder.own()
  const { records, calibrations, damage } = folder.read()
  const moved = folder.setAside(damage)
  held.releaseTo(folder)
  if (folder.readContextIfThere() === null) writeContext(folder, plan, catalogue, workbench)
  const begun = () => toStore(folder.readPlanText(), profileOf(catalogue, plan), workbench.base.id)
  const fingerprint: StoredFingerprint | null = folder.readFingerprint() ?? (records.some(hasMeasured) ? null : begun())
  const notice = (level: 'info' | 'warning', message: string) => {
    const event = { kind: 'note', at: new Date().toISOString(), level, message } as const
    folder.event(event)
    setting.show(event)
  }
  for (const each of damage) notice('warning', damageWords(each))
  for (const name of moved) notice('info', `moved to ${name}`)
  for (const note of notes) notice('info', note)
  if (unchecked.length > 0)
    notice(
      'warning',
      `the run did not record ${unchecked.join(', ')}: whether they are what they were cannot be checked`,
    )
  const images = imagesOfRun({ given, fingerprint, folder, plan }, setting, workbench.ports(folder))
  return { plan, folder, before: { records, calibrations, images, benches } }
}

/** The benches that a run goes on with; other ones than those of its plan are refused. */
function presentBenches(plan: Plan, now: PlannedSite | null): readonly PlannedBench[] {
  return (plan.site && now && benchesThatAreLeft(plan.site, now)) ?? benchesOf(plan)
}

/** Adds the images that a run did not record, as such. Runs that are older than fingerprints did not record every image. */
function withUnrecorded(now: ImagesNow, requests: readonly ImageRequest[], { code, images }: Fingerprint): ImagesNow {
  if (code !== null) return now
  const unrecorded = requests.filter(({ name }) => images[name] === undefined)
  return new Map([...now, ...unrecorded.map(({ name }) => [name, { why: 'not recorded' }] as const)])
}

/**
 * The image that would be used now in place of the recorded ones. A replay goes on with the images that it was given, whatever
 * the folders make now; any other run goes on with what its folders make. Null: the image must be pulled first.
 */
async function lookUp(
  request: ImageRequest,
  ids: readonly string[],
  { replayOf }: Plan,
  { host }: Ports,
): Promise<ImageFacts | { readonly why: string } | null> {
  const [id = ''] = ids
  const isOfReplay = (replayOf ?? null) !== null
  const image = isOfReplay ? await host.findImage(request.name, id) : await host.lookUpImage(request)
  if (image !== null) return image
  if (request.folder === null && !isOfReplay) return null
  const isThere = !isOfReplay && (await host.findImage(request.name, id)) !== null
  return { why: isThere ? 'to be built anew: its files have changed' : 'gone from this engine' }
}

function refuse({ runId, gitCommit }: Plan, differences: readonly FingerprintDifference[]): void {
  if (differences.length === 0) return
  const lines = differences.map(({ what, was, is }) => `  ${what}: was ${was}, is ${is}`)
  const back =
    gitCommit === null
      ? 'Put back what has changed'
      : `Put back what has changed (git checkout ${gitCommit.slice(0, 10)})`
  throw new BakeoffError(
    'BAD_SPEC',
    `run ${runId} cannot go on, since its figures would be of two different things. Changed since the run began:\n${lines.join('\n')}`,
    {
      hint: `Nothing was written. ${back} and resume again, or measure ${differences.some(({ of }) => of === 'work') ? 'anew: npm run matrix' : `all of it anew and compare: npm run matrix -- --replay ${runId}`}`,
    },
  )
}

function hasMeasured({ images, image }: RepetitionRecord): boolean {
  return image !== null || Object.keys(images ?? {}).length > 0
}
