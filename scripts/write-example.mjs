/**
 * Makes reports/example anew from a run, and from that the pictures of README.md and its transcript; and reports/example/claims from a run with
 * --claims, where one is named: npx tsc -b && node scripts/write-example.mjs FOLDER [FOLDER]. The runs themselves are left as they are. What README.md
 * says about them in words (profile, repetitions, machine) is left to its writer.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { results as schema } from '@bakeoff/model'
import { chromium as playwright } from 'playwright-core'
import { decisionLines } from '../packages/cli/dist/decision-lines.js'
import { createPaint } from '../packages/cli/dist/paint.js'
import { chromium, chromiumArgs } from './tests/tools.mjs'
import { withTranscript } from './transcript.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const example = join(root, 'reports/example')
/** What is kept of a run: it can be read, drawn and compared with, and not gone on with. */
const KEPT = ['results.json', 'plan.json', 'index.html', 'summary.md', 'results.csv', 'card.png']

const [run, claims] = process.argv.slice(2)
if (run === undefined) throw new Error('Name the folder of a run: node scripts/write-example.mjs FOLDER [FOLDER]')
keep(run, example)
if (claims !== undefined) keep(claims, join(example, 'claims'))
writeTranscript()
await drawPictures()

/**
 * @param {string} folder of a whole run, whose report is drawn anew by today's program in a copy
 * @param {string} place
 */
function keep(folder, place) {
  const copy = mkdtempSync(join(tmpdir(), 'bakeoff-example-'))
  try {
    cpSync(folder, copy, { recursive: true })
    execFileSync(process.execPath, [join(root, 'packages/cli/bin/bakeoff.mjs'), 'report', copy], { stdio: 'inherit' })
    mkdirSync(place, { recursive: true })
    for (const name of KEPT) cpSync(join(copy, name), join(place, name))
  } finally {
    rmSync(copy, { recursive: true })
  }
}

function writeTranscript() {
  const { decision } = schema.parse(JSON.parse(readFileSync(join(example, 'results.json'), 'utf8')))
  const readme = join(root, 'README.md')
  const lines = decisionLines(decision, 80, createPaint(false).colours)
  writeFileSync(readme, withTranscript(readFileSync(readme, 'utf8'), lines.join('\n')))
}

/** The first screen, from the heading to what its table means, in both themes. */
async function drawPictures() {
  const browser = await playwright.launch({ executablePath: chromium(), args: chromiumArgs })
  for (const theme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: theme })
    const page = await context.newPage()
    await page.goto(pathToFileURL(join(example, 'index.html')).href)
    await page.waitForSelector('html[data-ready]', { state: 'attached' })
    const height = await page.$eval('.answer-table .legend', (legend) => legend.getBoundingClientRect().bottom + 24)
    await page.setViewportSize({ width: 1280, height: Math.ceil(height) })
    const session = await context.newCDPSession(page)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 90 })
    writeFileSync(join(root, `docs/pictures/overview-${theme}.webp`), Buffer.from(data, 'base64'))
    await context.close()
  }
  await browser.close()
}
