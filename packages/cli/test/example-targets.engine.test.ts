/** The targets of docs/adding-a-target.md, in C and in Java: copied into a project as they are, they pass. */
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { buildProgram, type Ended, endAll, run } from './helpers/command.js'
import { checkout, TestProject } from './helpers/project.js'

const EXAMPLES = join(checkout, 'examples/targets')
const names = readdirSync(EXAMPLES)

let project: TestProject
let checked: Ended

beforeAll(async () => {
  await buildProgram()
  project = new TestProject()
  for (const name of names) cpSync(join(EXAMPLES, name), join(project.root, 'targets', name), { recursive: true })
  checked = await run(project, 'check', ...names)
})
afterEach(endAll)
afterAll(() => project?.remove())

it('are in C and in Java', () => expect(names).toEqual(['c-libmicrohttpd', 'java-jetty']))

it.each(names)('%s builds, starts, and answers all that is asked of predict', (name) => {
  expect(checked.stderr).toMatch(new RegExp(`✓ predict/${name}/default`))
  expect(checked, checked.stderr).toMatchObject({ exitCode: 0 })
  expect(checked.stderr).toContain('2 passed, 0 failed')
})
