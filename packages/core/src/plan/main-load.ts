import { kindOf, type LoadSpec, loadIdOf } from '@bakeoff/model'

/** The load that a scenario is ranked by: of those that give its best throughput the one with most at once, else the first. */
export function mainLoadOf(loads: readonly LoadSpec[]): string {
  const atOnce = (load: LoadSpec) => kindOf(load).atOnce(load)
  const [most] = loads.filter((load) => kindOf(load).best === 'gives').sort((a, b) => atOnce(b) - atOnce(a))
  return loadIdOf((most ?? loads[0]) as LoadSpec)
}

/** Loads in an order in which those that others refer to come first. */
export function bestFirst(loads: readonly LoadSpec[]): LoadSpec[] {
  const place = (load: LoadSpec) => (kindOf(load).best === 'gives' ? 0 : 1)
  return loads.toSorted((a, b) => place(a) - place(b))
}
