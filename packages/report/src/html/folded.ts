import { type Content, Html, html } from './html.js'

/**
 * Content that a browser with the page's script takes for one text until a reader opens it (`client/unfold.ts`), since a report
 * has tens of thousands of elements and shows some hundreds of them at a time. Without scripts it is content like any other.
 *
 * @throws RangeError when some of it is folded already: the first end tag would end both
 */
export function folded(content: Content): Html {
  const whole = html`<noscript>${content}</noscript>`
  if (whole.text.lastIndexOf('<noscript') > 0) throw new RangeError('What is folded cannot be folded once more')
  return whole
}

/** Whether some of the content is folded. */
export function isFolded({ text }: Html): boolean {
  return text.includes('<noscript')
}

/** The content with its first parts open, which a reader sees before the page's script has begun. */
export function firstUnfolded({ text }: Html): Html {
  return new Html(
    text.replaceAll(
      /(<div class="part first"[^>]*>)<noscript>(.*?)<\/noscript>/gs,
      (_, start, content) => start + content,
    ),
  )
}
