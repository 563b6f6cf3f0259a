/** Names on a chart's axis or beside its lines, where there is less room than in a table. */
import { shorten } from './format.js'

/**
 * Names as they stand on an axis: whole where `most` characters hold them, else the target and its variant on two lines, each
 * cut in its middle. Different names never become the same: they get more room until they differ.
 */
export function namesFor(names: readonly string[], most: number): (string | readonly string[])[] {
  return apart(names, most, (name, room) => {
    const [target = '', ...variant] = name.split(SEPARATOR)
    if ([...name].length <= room) return name
    return variant.length === 0 ? shorten(name, room) : [shorten(target, room), shorten(variant.join(SEPARATOR), room)]
  })
}

/** Names on one line of at most `most` characters, or of as many more as they need to differ. */
export function shortNames(names: readonly string[], most: number): string[] {
  return apart(names, most, shorten)
}

const SEPARATOR = ' · '

function apart<Shown>(names: readonly string[], most: number, show: (name: string, room: number) => Shown): Shown[] {
  const longest = Math.max(most, ...names.map((name) => [...name].length))
  const different = new Set(names).size
  for (let room = most; room < longest; room++) {
    const shown = names.map((name) => show(name, room))
    if (new Set(shown.map(String)).size === different) return shown
  }
  return names.map((name) => show(name, longest))
}
