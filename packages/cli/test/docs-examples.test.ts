/** Pages with examples in files: what they show is what lies in examples/, their commands and options exist, and their links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCatalogue } from '../src/project.js'
import { commandProblems } from './helpers/command-problems.js'
import { checkout } from './helpers/project.js'

const PAGES = ['docs/your-own-service.md', 'docs/adding-a-target.md', 'examples/README.md']
const text = (file: string) => readFileSync(join(checkout, file), 'utf8')

/** A link to a file of examples/, alone on its line, and the block of code below it, which is of that file. */
const SHOWN = /^\[[^\]]+\]\(([^)]*examples\/[^)]+)\)\n\n```\w*\n([\s\S]*?)^```$/gm

/** `npx bakeoff matrix --quick` as npm's script of the same name. */
const asScripts = (page: string) => page.replaceAll(/\bnpx bakeoff ([a-z][a-z-]*)/g, 'npm run $1 --')

describe.each(PAGES)('%s', (page) => {
  it('shows parts of files as they are', () => {
    for (const [, link = '', block = ''] of text(page).matchAll(SHOWN)) {
      const file = join(dirname(page), link)
      expect(text(file), file).toContain(block)
    }
  })

  it('has commands and options that there are', () => expect(commandProblems(asScripts(text(page)))).toEqual([]))

  it('leads to files that there are', () => {
    const links = [...text(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(checkout, dirname(page), link)))).toEqual([])
  })
})

it('shows something of every kind of file that the page of one’s own service tells of', () => {
  const shown = [...text('docs/your-own-service.md').matchAll(SHOWN)].map(([, link = '']) => link.split('/').at(-1))
  expect(shown).toEqual([
    ...['target.yaml', 'requests.ndjson', 'golden.ndjson', 'orders.yaml', 'contract.ndjson', 'bakeoff.yml'],
  ])
})

describe('the project of the example', () => {
  it('is whole: a scenario, and three targets that serve it', () => {
    const root = join(checkout, 'examples/orders/bakeoff')
    const { broken, scenarios, targets } = readCatalogue({ root, home: checkout })
    expect(broken).toEqual([])
    expect(scenarios.map(({ id }) => id)).toEqual(['orders'])
    expect(targets.map(({ name }) => name)).toEqual(['orders-fastapi', 'orders-fastify', 'orders-java'])
  })

  it.each(readdirSync(join(checkout, 'examples/orders/services')))(
    'pins what %s is built of, without addresses',
    (name) => {
      const [lock = ''] = ['requirements.txt', 'package-lock.json', 'jars.sha256'].filter((file) =>
        existsSync(join(checkout, 'examples/orders/services', name, file)),
      )
      const pinned = text(`examples/orders/services/${name}/${lock}`)
      // By pip, by npm, or as sha256sum writes it.
      expect(pinned).toMatch(/--hash=sha256:|"integrity": "sha512-|^[0-9a-f]{64} {2}\S+\.jar$/m)
      expect(pinned).not.toMatch(/"resolved"|--(?:extra-)?index-url/)
    },
  )
})
