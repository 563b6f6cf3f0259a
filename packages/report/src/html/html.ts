import { visibleText } from '@bakeoff/model'

/** HTML that is safe to send. Only the functions of this file make it, so text that was not escaped has another type. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text
  }
}

export type Content = Html | string | number | null | undefined | false | readonly Content[]

/**
 * A tagged template: what is written in the template is markup, what is put into it is text. Text is escaped for
 * element content and for quoted attributes alike; arrays are joined; null, undefined and false give nothing.
 * In content, characters that cannot be seen are made visible: one that overrides the direction of text would turn around
 * the text beside it. An attribute keeps its characters, since scripts find elements by them.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = squeeze(strings[0] as string)
  let inTag = false
  for (let index = 0; index < values.length; index++) {
    inTag = endsInTag(strings[index] as string, inTag)
    text += render(values[index], inTag ? escapeHtml : visibleHtml) + squeeze(strings[index + 1] as string)
  }
  return new Html(text)
}

/** Markup that is known to be safe: the bundled style, our own drawings. Never data. */
export function trusted(text: string): Html {
  return new Html(text)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] as string)
}

/**
 * The markup without the quotes that attributes of one plain word can do without: a report has twenty thousand of them. A quote
 * in a text is escaped, so all that are left stand in tags.
 */
export function unquoted({ text }: Html): Html {
  return new Html(text.replaceAll(/( (?:class|data-[a-z]+)=)"([\w-]+)"/g, '$1$2'))
}

/** JSON that can stand inside a script element: no `<` in it, so no tag and no comment can begin. */
export function jsonForScript(value: unknown): Html {
  return new Html(
    JSON.stringify(value)
      .replace(/</g, () => '\\u003c')
      .replace(/\u2028/g, () => '\\u2028')
      .replace(/\u2029/g, () => '\\u2029'),
  )
}

/** Whether a template ends inside a tag. @param before whether the markup before it did */
function endsInTag(markup: string, before: boolean): boolean {
  const opened = markup.lastIndexOf('<')
  const closed = markup.lastIndexOf('>')
  return opened === closed ? before : opened > closed
}

function visibleHtml(text: string): string {
  return escapeHtml(visibleText(text))
}

function render(content: Content, toHtml: (text: string) => string): string {
  if (content === null || content === undefined || content === false) return ''
  if (content instanceof Html) return content.text
  if (typeof content === 'object') return content.map((one) => render(one, toHtml)).join('')
  return toHtml(String(content))
}

/** The template without its indentation, which need not be sent; a line break between words must stay. */
function squeeze(text: string): string {
  return text.replace(/\n\s*/g, () => '\n')
}
