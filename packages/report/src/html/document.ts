import { hashOf, reportAssets } from '../assets.js'
import { type Content, type Html, html, trusted } from './html.js'

export interface Document {
  readonly title: string
  /** what search engines, messengers and mail show of the page */
  readonly description?: string
  /** what they show of it as a picture */
  readonly picture?: Picture
  readonly body: Content
  /** a page without charts needs no script */
  readonly script?: boolean
  /** the source from which the page may fetch; a report from a file may fetch nothing */
  readonly connect?: "'self'"
  /** rules that only this page has, beside the style sheet of all */
  readonly ownStyle?: string
}

/** A picture that lies beside the page; in bytes it is a PNG. */
export interface Picture {
  /** its address: absolute where it is known where the page will be, else relative to the page */
  readonly address: string
  /** in pixels */
  readonly width: number
  readonly height: number
  /** what it shows, for readers who do not see it */
  readonly words: string
}

/**
 * A script that runs before anything is drawn, so that the browser does not lay out what mounting will hide. A page is not shown
 * before its font is there (`bare`), since all lines would break anew, nor, opened at some place in it, before that is there
 * (`deep`); after two seconds it is in any case.
 */
const EARLY = `((all,fonts)=>{const until=(name,end)=>{all.add(name);const show=()=>all.remove(name);setTimeout(show,2000);end?.then(show,show)};all.add('js');until('bare',fonts.load('400 12px "Bakeoff Sans"'));if(location.hash)until('deep')})(document.documentElement.classList,document.fonts)`

/** The bars of the page's head, in a blue that is seen on light and dark tabs. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='%23379fc7'%3E%3Cpath d='M2 12h4.5v10H2zM9.7 2h4.5v20H9.7zM17.5 8H22v14h-4.5z'/%3E%3C/svg%3E"

/**
 * A complete page in one file. The policy names our style and script by their hashes: nothing else runs, and nothing
 * is loaded from anywhere.
 */
export function documentText({
  title,
  description,
  picture,
  body,
  script = false,
  connect,
  ownStyle = '',
}: Document): string {
  const { script: code, later, style, scriptHash, laterHash, styleHash } = reportAssets()
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash}${ownStyle && ` ${hashOf(ownStyle)}`}`,
    `script-src ${script ? `${hashOf(EARLY)} ${scriptHash} ${laterHash}` : "'none'"}`,
    'font-src data:',
    'img-src data:',
    ...(connect ? [`connect-src ${connect}`] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const page: Html = html`<!doctype html>
<html lang="en" data-theme="system"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="generator" content="Bakeoff">
<title>${title}</title><link rel="icon" href="${trusted(ICON)}">${description !== undefined && html`<meta name="description" content="${description}"><meta property="og:title" content="${title}"><meta property="og:description" content="${description}">`}${picture && pictureTags(picture)}<style>${trusted(style)}</style>${ownStyle !== '' && html`<style>${trusted(ownStyle)}</style>`}${script && html`<script>${trusted(EARLY)}</script>`}</head>
<body>${body}${script && html`<script type="application/octet-stream" id="later">${trusted(later)}</script><script>${trusted(code)}</script>`}</body></html>
`
  return page.text
}

function pictureTags({ address, width, height, words }: Picture): Html {
  return html`<meta property="og:type" content="website"><meta property="og:image" content="${address}"><meta property="og:image:type" content="image/png"><meta property="og:image:width" content="${width}"><meta property="og:image:height" content="${height}"><meta property="og:image:alt" content="${words}"><meta name="twitter:card" content="summary_large_image">`
}
