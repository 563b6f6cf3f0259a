import { describe, expect, it } from 'vitest'
import { violations, violationsIn } from '../../../scripts/check-boundaries.mjs'

it('no package does what it must not', () => expect(violations()).toEqual([]))

describe('the check of boundaries', () => {
  it.each([
    { file: 'model/src/x.ts', text: "import { a } from '@bakeoff/core'", why: 'may import nothing of ours' },
    { file: 'report/src/x.ts', text: "import { a } from '@bakeoff/core'", why: 'may import model' },
    { file: 'containers/src/x.ts', text: "import { a } from '@bakeoff/core'", why: 'may import model, runner' },
    { file: 'core/src/x.ts', text: "const { a } = await import('@bakeoff/runner')", why: 'may import model' },
    { file: 'core/src/x.ts', text: "import '@bakeoff/runner/ports'", why: 'may import model' },
    { file: 'cli/src/x.ts', text: "import Docker from 'dockerode'", why: 'only containers/client does' },
    {
      file: 'containers/src/images/x.ts',
      text: "import type Docker from 'dockerode'",
      why: 'only containers/client does',
    },
    { file: 'containers/src/x.ts', text: "import type Docker from 'dockerode'", why: 'only containers/client does' },
    {
      file: 'containers/src/client/x.ts',
      text: "import { a } from '../engine/y.js'",
      why: 'client ← host ← locks ← engine',
    },
    { file: 'containers/src/engine/x.ts', text: "import { a } from '../images/y.js'", why: '← engine ← ways ←' },
    { file: 'containers/src/engine/x.ts', text: "import { a } from '../doctor/y.js'", why: '← session ← ' },
    { file: 'containers/src/session/sampling/x.ts', text: "import { a } from '../../doctor/y.js'", why: '← doctor' },
    { file: 'containers/src/redact.ts', text: "import { a } from './client/y.js'", why: 'the order is client ←' },
    { file: 'core/src/observe/x.ts', text: "import { a } from '../judge/y.js'", why: 'observe ← figures ← judge' },
    { file: 'core/src/judge/x.ts', text: "import { a } from '../say/y.js'", why: 'judge ← results ← say' },
    { file: 'core/src/say/x.ts', text: "import { a } from '../analyse.js'", why: 'say ← analyse ←' },
    {
      file: 'report/src/html/x.ts',
      text: "import { a } from '../sections/y.js'",
      why: 'html ← sections ← card ← comparison',
    },
    { file: 'runner/src/x.ts', text: "import autocannon from 'autocannon'", why: 'only load does' },
    { file: 'core/src/x.ts', text: "import { Command } from 'commander'", why: 'only cli does' },
    { file: 'cli/src/x.ts', text: "import { Chart } from 'chart.js/auto'", why: 'only report does' },
    { file: 'load/src/x.ts', text: "import { build } from 'hdr-histogram-js'", why: 'only core does' },
    {
      file: 'cli/src/a/x.ts',
      text: "import { a } from '../../../report/dist/x.js'",
      why: 'reaches out of its package',
    },
    { file: 'core/src/x.ts', text: "import { readFileSync } from 'node:fs'", why: 'has an effect' },
    { file: 'core/src/x.ts', text: 'const now = Date.now()', why: 'has an effect' },
    { file: 'core/src/x.ts', text: 'const now = new Date()', why: 'has an effect' },
    { file: 'model/src/x.ts', text: 'const dice = Math.random()', why: 'has an effect' },
    { file: 'model/src/x.ts', text: 'const { CI } = process.env', why: 'has an effect' },
    { file: 'runner/src/x.ts', text: "console.log('here')", why: 'prints or exits' },
    { file: 'report/src/html/x.ts', text: "console.warn('here')", why: 'prints or exits' },
    { file: 'containers/src/x.ts', text: 'process.exit(1)', why: 'prints or exits' },
    { file: 'load/src/x.ts', text: "process.stdout.write('here')", why: 'prints or exits' },
    { file: 'cli/src/x.ts', text: '/** For whoever reads it. */', why: 'says whoever in a comment' },
    { file: 'cli/src/x.ts', text: 'go() // Somebody waits.', why: 'says Somebody in a comment' },
  ])('finds $text in $file', ({ file, text, why }) => {
    const found = violationsIn(`packages/${file}`, `${text}\n`)
    expect(found).toEqual([expect.stringContaining(why)])
    expect(found[0]).toMatch(new RegExp(`^packages/${file} `))
  })

  it.each([
    { file: 'cli/src/x.ts', text: 'process.exit(1)' },
    { file: 'report/src/client/x.ts', text: "console.warn('here')" },
    { file: 'load/src/agent/x.ts', text: "process.stdout.write('{}')" },
    { file: 'containers/src/session/watchdog-process.ts', text: 'process.exit(0)' },
    { file: 'containers/src/client/x.ts', text: "import Docker from 'dockerode'" },
    { file: 'containers/src/client/x.ts', text: "import { a } from '../redact.js'" },
    { file: 'containers/src/session/sampling/x.ts', text: "import { a } from '../lines.js'" },
    { file: 'containers/src/doctor/x.ts', text: "import { a } from '../engine/y.js'" },
    { file: 'containers/src/index.ts', text: "export * from './doctor/index.js'" },
    { file: 'core/src/analyse.ts', text: "import { a } from './say/y.js'" },
    { file: 'core/src/gate/x.ts', text: "import { a } from '../compare-runs.js'" },
    { file: 'core/src/x.ts', text: "import { a } from '@bakeoff/model'" },
    { file: 'core/src/x.ts', text: 'const at = new Date(ms)' },
    { file: 'cli/src/x.ts', text: "import { a } from '@bakeoff/report'" },
    { file: 'cli/src/x.ts', text: 'somebody(found)' },
  ])('lets $file have $text', ({ file, text }) => expect(violationsIn(`packages/${file}`, text)).toEqual([]))
})
