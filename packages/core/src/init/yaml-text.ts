import { visibleText } from '@bakeoff/model'

/** A text as a scalar in a flow of YAML: as it stands where that is safe, else quoted as JSON, which YAML reads. */
export function scalar(text: string): string {
  const isPlain =
    /^(?:[A-Za-z/]|\.\.?\/)[\w./-]*(?: [\w./-]+)*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text)
  return isPlain ? text : JSON.stringify(text)
}

/** `[chi, "net/http"]` */
export function flow(texts: readonly string[]): string {
  return `[${texts.map(scalar).join(', ')}]`
}

/** A text within a comment, of YAML or of a Dockerfile: on one line, and of visible characters. */
export function commentText(text: string): string {
  return visibleText(text).replaceAll(/\s+/g, ' ')
}
