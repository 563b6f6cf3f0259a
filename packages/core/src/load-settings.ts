import { type LoadSetting, type LoadSpec, loadIdOf } from '@bakeoff/model'
import { mainLoadOf } from './plan/main-load.js'

/**
 * The settings in which two loads of one id differ. An id names what readers tell loads apart by, and not all that decides a
 * figure: of a rate it leaves out connections and arrivals, of a capacity also the limits. A setting that either load does not
 * have, as in an older file, is no difference.
 */
export function loadDifferences(first: LoadSpec, later: LoadSpec): LoadSetting[] {
  const there = new Map(settingsOf(first))
  return settingsOf(later).flatMap(([name, value]) => {
    const was = there.get(name)
    return was === undefined || was === value ? [] : [{ name, first: was, later: value }]
  })
}

/** The differences between the loads that two lists share by id, as `rate-200` with its settings. */
export function sharedLoadDifferences(
  first: readonly LoadSpec[],
  later: readonly LoadSpec[],
): { readonly loadId: string; readonly settings: readonly LoadSetting[] }[] {
  return later.flatMap((load) => {
    const loadId = loadIdOf(load)
    const there = first.find((each) => loadIdOf(each) === loadId)
    const settings = there ? loadDifferences(there, load) : []
    return settings.length === 0 ? [] : [{ loadId, settings }]
  })
}

/** The id of the load that comes first and warms a target up for the others; null: it is not known. */
export function warmedUpBy(loads: readonly LoadSpec[]): string | null {
  return loads.length === 0 ? null : mainLoadOf(loads)
}

/** `connections 32, arrivals constant`. */
export function loadSettingsText(load: LoadSpec): string {
  return settingsOf(load)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

/** `connections 256 there, 32 here`. */
export function settingDifferenceText({ name, first, later }: LoadSetting): string {
  return `${name} ${first} there, ${later} here`
}

function settingsOf({ kind: _, ...settings }: LoadSpec): [name: string, value: string][] {
  return Object.entries(settings).map(([name, value]) => [name, String(value)])
}
