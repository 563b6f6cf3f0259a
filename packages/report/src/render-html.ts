import type { Results } from '@bakeoff/model'
import { CARD } from './card/drawing.js'
import { cardWords } from './card/run-card.js'
import { documentText } from './html/document.js'
import { embedded } from './html/embedded.js'
import { withExplanations } from './html/figure.js'
import { firstUnfolded, folded, isFolded } from './html/folded.js'
import { banners, header, switches, tabs } from './html/frame.js'
import { type Html, html, unquoted } from './html/html.js'
import { namedParts } from './html/named-parts.js'
import { packedParts } from './html/packed-parts.js'
import { scopesOf } from './html/scope.js'
import { SECTIONS } from './sections/index.js'
import type { Section, SectionContext } from './sections/section.js'
import { viewOf } from './shared/subjects.js'
import { subjectStyle } from './styles/generated-style.js'

export interface RenderOptions {
  /** whether a run that goes on serves the page, which may then ask its server for what is new. Default: a file, which asks no server */
  readonly served?: boolean
  /** the address of the run's share card: absolute where it is known where the page will be, else relative to it. Default: it has none */
  readonly card?: string
}

/**
 * The report of a run as one HTML file: a pure function of the results. It opens from disk and loads nothing. Without JavaScript its
 * tables say everything, in a large report everything about the loads by which scenarios are ranked.
 */
export function renderHtml(results: Results, { served = false, card }: RenderOptions = {}): string {
  const view = viewOf(results)
  const scopes = scopesOf(view)
  const context: SectionContext = { view, scopes }
  const sections = SECTIONS.filter(({ isEmpty }) => !isEmpty?.(context))
  const contents = sections.map((section) => {
    const content = section.render(context)
    return { section, content: section.namesScenarios ? content : namedParts(content, scopes) }
  })
  const { pages, parts } = packedParts(
    html`${contents.map(({ section, content }, index) => drawn(section, content, index === 0))}`,
  )
  const title = `${results.scenarios.map(({ id }) => id).join(', ') || results.run.id} · Bakeoff`
  return documentText({
    title,
    description:
      results.decision?.overall ?? `A comparison of services, measured ${results.run.startedAt.slice(0, 10)}`,
    ...(card === undefined ? {} : { picture: { address: card, ...CARD, words: cardWords(results) } }),
    script: true,
    ownStyle: subjectStyle(view.subjects),
    ...(served ? { connect: "'self'" as const } : {}),
    body: html`<a class="skip" href="#main">To the figures</a><div class="page">${header(view)}${served && liveStrip()}${banners(view, parts !== null)}</div>
      <div class="bar" data-bar><div class="page">${tabs(sections)}${switches(view, scopes, contents[0] !== undefined && isWhole(contents[0].content))}</div></div>
      <main id="main" class="page" tabindex="-1">${pages}</main>
      <footer class="page"><p>Made by Bakeoff from <code>results.json</code> of run <code>${results.run.id}</code>. Everything on this page is in this file; nothing is loaded from anywhere. Set in Source Sans 3 (SIL Open Font License); charts by Chart.js (MIT).</p></footer>
      <p class="sr" role="status" aria-live="polite" data-status></p>${embedded(results)}${parts}`,
  })
}

/** Whether a page is about the whole run: choosing a scenario, a load or targets does nothing there. */
function isWhole({ text }: Html): boolean {
  return !text.includes(' data-scenario=')
}

/** A section as a page. Of the first one, which a reader sees at once, nothing is folded that is seen. */
function drawn(section: Section, content: Html, isFirst: boolean): Html {
  const shown = isFirst ? firstUnfolded(content) : isFolded(content) ? content : folded(content)
  return html`<section id="${section.id}" class="view" data-page="${section.id}"${isWhole(content) && html` data-whole`} aria-labelledby="h-${section.id}"><header class="head"><h2 id="h-${section.id}">${section.title}</h2><p>${section.question}</p></header>
${unquoted(withExplanations(shown))}</section>`
}

/** The live strip, which the page's script fills from the run's own events. */
function liveStrip(): Html {
  return html`<section class="live" data-live hidden aria-label="Progress of the run"><p><b data-live-part="progress"></b> <span data-live-part="now"></span></p><div data-live-part="lines"></div></section>`
}
