/** Which machines a run that is there may go on, or be repeated, on. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { classDifferences, hostNamed } from '@bakeoff/core'
import { BakeoffError, type Plan, type PlannedSite, type PlanWarning } from '@bakeoff/model'

/**
 * Refuses to go on with a run on other machines than those it began on.
 *
 * @param now null: everything is to run on this machine
 * @throws BakeoffError BAD_SPEC with every difference
 */
export function refuseOtherMachines({ runId, site = null }: Plan, now: PlannedSite | null): void {
  const differences = differencesOf(site, now)
  if (differences.length === 0) return
  throw new BakeoffError(
    'BAD_SPEC',
    `run ${runId} cannot go on on other machines than it began on:\n${differences.map((line) => `  ${line}`).join('\n')}`,
    {
      hint:
        site === null
          ? `Leave --hosts out: npm run matrix -- --resume ${runId}`
          : `Put ${site.file} back as it was, name a file with the same machines by --hosts, or measure anew: npm run matrix -- --hosts ${now?.file ?? site.file}`,
    },
  )
}

/**
 * The machines of a replay. Its benches are those of the first run, since its cores were chosen for them.
 *
 * @param now null: everything is to run on this machine
 * @throws BakeoffError BAD_SPEC when they are not
 */
export function siteOfReplay({ runId, site = null }: Plan, now: PlannedSite | null): PlannedSite | null {
  const difference = otherRoles(site, now)
  if (difference === null) return now
  throw new BakeoffError('BAD_SPEC', `run ${runId} cannot be replayed: ${difference}`, {
    hint: `Measure anew on these machines: npm run matrix${now === null ? '' : ` -- --hosts ${now.file}`}`,
  })
}

/** What differs between the machines of a replay and those of the first run, which is told and not refused. */
export function siteWarnings({ runId, site = null }: Plan, now: PlannedSite | null): PlanWarning[] {
  if (site === null || now === null) return []
  return machineDifferences(site, now).map((what) => ({
    what: `since run ${runId}: ${what}`,
    where: 'all scenarios',
    why: 'This run repeats the plan and the images of that run; any other difference may change its figures.',
    todo: 'A difference between the two runs may come from this.',
  }))
}

function differencesOf(before: PlannedSite | null, now: PlannedSite | null): string[] {
  const roles = otherRoles(before, now)
  if (roles !== null) return [roles]
  return before === null || now === null ? [] : machineDifferences(before, now)
}

function otherRoles(before: PlannedSite | null, now: PlannedSite | null): string | null {
  if (before === null) return now === null ? null : `it was measured on one machine, and ${now.file} names several`
  if (now === null) return `it was measured on the machines of ${before.file}`
  return isDeepStrictEqual(before.benches, now.benches) ? null : `its benches are not those of ${now.file}`
}

function machineDifferences(before: PlannedSite, now: PlannedSite): string[] {
  return before.hosts.flatMap((was) => {
    const is = hostNamed(now, was.name)
    const isOther = was.engine.id != null && is.engine.id !== was.engine.id
    return [
      ...(isOther ? [`${was.name} is another engine`] : []),
      ...(was.address === is.address ? [] : [`the address of ${was.name} is ${is.address}, and was ${was.address}`]),
      ...classDifferences(was, is).map(
        ({ what, first, other }) => `${what} of ${was.name} is ${other}, and was ${first}`,
      ),
    ]
  })
}
