import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const LINE = /^# yaml-language-server: \$schema=(\S+)\n/

/**
 * A YAML text without the line that names its schema, where that is not there: an editor would complain of it. A checkout has schemas, and a project of a
 * user's own does not.
 *
 * @param file absolute path of the text, to which the one of the schema is relative
 */
export function withKnownSchema(text: string, file: string): string {
  const [line = '', schema = ''] = LINE.exec(text) ?? []
  return existsSync(join(dirname(file), schema)) ? text : text.slice(line.length)
}
