/** Limits on texts that a target or a container can choose: only the user's own plan may make a report long. */

/** How many characters of a log line are kept. */
export const MOST_LINE_CHARACTERS = 400
/** How many lines of a log are kept. */
export const MOST_LOG_LINES = 40
/** How many characters all lines of a log may have together. */
export const MOST_LOG_CHARACTERS = 16 * 1024
/** How many characters a message or a hint may have. */
export const MOST_MESSAGE_CHARACTERS = 4 * 1024

/** The beginning of a text, with its length where it was cut. Never longer than the limit and the note of the length. */
export function boundedText(text: string, most: number = MOST_LINE_CHARACTERS): string {
  if (text.length <= most) return text
  // Half a surrogate pair at the cut would not be a character.
  const end = /[\uD800-\uDBFF]/.test(text[most - 1] as string) ? most - 1 : most
  return `${text.slice(0, end)}… (${text.length} characters)`
}

/**
 * The last lines of a log, each bounded, and all of them together: the newest are kept.
 *
 * @param most           lines
 * @param mostCharacters of all lines together
 */
export function boundedLog(
  lines: readonly string[],
  most: number = MOST_LOG_LINES,
  mostCharacters: number = MOST_LOG_CHARACTERS,
): string[] {
  const kept: string[] = []
  let left = mostCharacters
  for (let index = lines.length - 1; index >= 0 && kept.length < most; index--) {
    const line = boundedText(lines[index] as string)
    left -= line.length
    if (left < 0) break
    kept.unshift(line)
  }
  return kept
}
