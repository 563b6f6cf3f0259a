import type { Caps, EngineFacts, HostFacts, Plan, PlannedScenario, PlannedService, Results } from '@bakeoff/model'
import { formatBytes } from '@bakeoff/model'

/** The setting of a run: known from a plan before anything is measured, and from results. */
export interface GateSetting {
  readonly host: Pick<HostFacts, 'cpuModel' | 'architecture' | 'cpus' | 'memoryBytes'>
  readonly engine: Pick<EngineFacts, 'name' | 'version'>
  readonly run: Pick<Results['run'], 'profile' | 'windowMs'>
  readonly scenarios: readonly (Pick<PlannedScenario, 'id' | 'targetCaps'> & {
    readonly workDigest?: string | null | undefined
    readonly services: readonly Pick<PlannedService, 'name' | 'caps'>[]
  })[]
}

export function settingOf({ host, engine, profile, rules, scenarios }: Plan): GateSetting {
  return { host, engine, run: { profile, windowMs: rules.windowMs }, scenarios }
}

/**
 * The differences that could explain a change of figures without a change of the targets: another class of machine, engine or profile, and
 * for the scenarios of both runs, other caps or other work. One phrase each, e.g. `profile: brief there, default here`; empty when a
 * the runs can be compared. A value that either run does not know is not a difference.
 */
export function otherThanBaseline(baseline: GateSetting, here: GateSetting): string[] {
  return [...ofRun(baseline, here), ...ofScenarios(baseline, here)]
}

function ofRun(baseline: GateSetting, here: GateSetting): string[] {
  const read: Readonly<Record<string, (setting: GateSetting) => string | null>> = {
    processor: ({ host }) => host.cpuModel,
    architecture: ({ host }) => host.architecture,
    'logical CPUs': ({ host }) => `${host.cpus.length}`,
    // Kernels reserve a little more or less of the same memory.
    memory: ({ host }) => (host.memoryBytes === null ? null : `${Math.round(host.memoryBytes / 1024 ** 3)} GiB`),
    engine: ({ engine }) => `${engine.name} ${engine.version}`,
    profile: ({ run }) => run.profile,
    window: ({ run }) => `${run.windowMs} ms`,
  }
  return Object.entries(read).flatMap(([what, of]) => differing(what, of(baseline), of(here)))
}

function ofScenarios(baseline: GateSetting, here: GateSetting): string[] {
  return here.scenarios.flatMap((scenario) => {
    const there = baseline.scenarios.find(({ id }) => id === scenario.id)
    if (!there) return []
    const services = scenario.services.flatMap(({ name, caps }) =>
      differing(
        `caps of ${name} in ${scenario.id}`,
        capsText(there.services.find((service) => service.name === name)?.caps),
        capsText(caps),
      ),
    )
    const isOtherWork = (there.workDigest ?? scenario.workDigest) !== (scenario.workDigest ?? there.workDigest)
    return [
      ...(isOtherWork ? [`requests and answers of ${scenario.id}`] : []),
      ...differing(`caps of the target in ${scenario.id}`, capsText(there.targetCaps), capsText(scenario.targetCaps)),
      ...services,
    ]
  })
}

function differing(what: string, there: string | null, here: string | null): string[] {
  return there === null || here === null || there === here ? [] : [`${what}: ${there} there, ${here} here`]
}

function capsText(caps: Caps | undefined): string | null {
  if (!caps) return null
  const quota = caps.quotaCpus === null ? '' : ` (quota ${caps.quotaCpus})`
  return `${caps.cpus} cores${quota} and ${formatBytes(caps.memoryBytes)}`
}
