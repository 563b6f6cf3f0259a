/** action.yml and what it runs: inputs become options that there are, the summary reaches the job and the pull request. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseGateRules } from '@bakeoff/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { comment } from '../../../scripts/action/comment.mjs'
import { FLAGS, OPTIONS, optionsOfInputs, variableOf } from '../../../scripts/action/inputs.mjs'
import { measure } from '../../../scripts/action/measure.mjs'
import { checkout } from './helpers/project.js'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, string>>
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

const text = readFileSync(join(checkout, 'action.yml'), 'utf8')
const action: Action = parse(text)
const { inputs, outputs, runs } = action
const options: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(checkout, 'scripts/options.json'), 'utf8'),
)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-action-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('action.yml', () => {
  it('is made of steps, each with a shell or with an action of a version', () => {
    expect(runs.using).toBe('composite')
    for (const { run, shell, uses } of runs.steps) {
      if (run !== undefined) expect(shell).toBe('bash')
      else expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/)
    }
  })

  it('says of every input and output what it is, and uses it', () => {
    for (const [name, { description, default: usual }] of Object.entries(inputs)) {
      expect(description, name).toMatch(/\S.*\.$/)
      expect(usual, name).toBeTypeOf('string')
      expect(text, name).toMatch(new RegExp(`\\{\\{[^}]*\\binputs\\.${name}\\b`))
    }
    for (const [name, { description, value }] of Object.entries(outputs)) {
      expect(description, name).toMatch(/\S.*\.$/)
      expect(value).toBe(`\${{ steps.measure.outputs.${name} }}`)
    }
  })

  it('asks only for inputs that it has', () => {
    const asked = [...text.matchAll(/\binputs\.([a-z-]+)/g)].map(([, name]) => name)
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining([...new Set(asked)]))
  })

  // What is put into a script before a shell reads it may be code of whoever names a branch.
  it('puts values into scripts by the environment alone, and runs files that are there', () => {
    for (const { run } of runs.steps) {
      if (run === undefined) continue
      expect(run).not.toContain('${{')
      const [, file = ''] = /^node "\$GITHUB_ACTION_PATH\/(\S+\.mjs)"$/.exec(run) ?? []
      expect(existsSync(join(checkout, file)), run).toBe(true)
    }
  })

  it('gives the step that measures the inputs that it reads, and no token', () => {
    const given = runs.steps.find(({ run }) => run?.includes('measure.mjs'))?.env ?? {}
    const read = [...OPTIONS, ...FLAGS, 'args']
    expect(given).toEqual({
      // Named, and not looked for: where there is none, the checkout of Bakeoff would be measured.
      BAKEOFF_ROOT: '${{ inputs.project }}',
      ...Object.fromEntries(read.map((input) => [variableOf(input), `\${{ inputs.${input} }}`])),
    })
  })

  it('has inputs for options that the matrix command has', () =>
    expect(options.matrix).toEqual(expect.arrayContaining([...OPTIONS, ...FLAGS, 'json-file'])))
})

describe('inputs', () => {
  const optionsOf = (given: Readonly<Record<string, string>>) =>
    optionsOfInputs(Object.fromEntries(Object.entries(given).map(([input, value]) => [variableOf(input), value])))

  it.each([
    { given: {}, expected: [] },
    { given: { scenario: 'orders', target: '' }, expected: ['--scenario', 'orders'] },
    {
      given: { slo: 'p99=30ms@200/s\n  p95=10ms@100/s\n' },
      expected: ['--slo', 'p99=30ms@200/s', '--slo', 'p95=10ms@100/s'],
    },
    { given: { 'fail-on': 'errors=0', quick: 'true' }, expected: ['--fail-on', 'errors=0', '--quick'] },
    { given: { quick: 'false' }, expected: [] },
    { given: { args: '--seed 7  --capacity' }, expected: ['--seed', '7', '--capacity'] },
    { given: { scenario: '$(rm -rf /)' }, expected: ['--scenario', '$(rm -rf /)'] },
  ])('$given are $expected', ({ given, expected }) => expect(optionsOf(given)).toEqual(expected))
})

describe('the step that measures', () => {
  const step = () => ({
    RUNNER_TEMP: folder,
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'job-summary'),
    [variableOf('scenario')]: 'orders',
  })

  /** The program as far as the step sees it: it writes its results and a summary, and ends with a code. */
  const program =
    (code: number, asked: string[][] = []) =>
    (args: string[], env: Record<string, string | undefined>) => {
      asked.push(args)
      const report = join(env.BAKEOFF_REPORTS as string, '20261129-230000')
      mkdirSync(report, { recursive: true })
      writeFileSync(join(report, 'summary.md'), '# The summary\n')
      const decision = { overall: 'orders-fastify keeps it,\nand is the cheapest.' }
      writeFileSync(args.at(-1) as string, JSON.stringify({ run: { id: '20261129-230000' }, decision }))
      return code
    }

  it('shows the summary in the job, and tells later steps where the results are', () => {
    const asked: string[][] = []
    expect(measure(step(), program(0, asked))).toBe(0)
    expect(asked).toEqual([['matrix', '--scenario', 'orders', '--json-file', join(folder, 'bakeoff-results.json')]])
    expect(readFileSync(join(folder, 'job-summary'), 'utf8')).toBe('# The summary\n')
    expect(readFileSync(join(folder, 'output'), 'utf8').trimEnd().split('\n')).toEqual([
      `results=${join(folder, 'bakeoff-results.json')}`,
      `report=${join(folder, 'bakeoff-reports/20261129-230000')}`,
      'answer=orders-fastify keeps it, and is the cheapest.',
    ])
  })

  it('fails where a rule is broken, and shows the summary all the same', () => {
    expect(measure(step(), program(1))).toBe(1)
    expect(readFileSync(join(folder, 'job-summary'), 'utf8')).toBe('# The summary\n')
  })

  it('shows nothing of an earlier step where the program ended before its results', () => {
    measure(step(), program(0))
    rmSync(join(folder, 'job-summary'))
    expect(measure(step(), () => 2)).toBe(2)
    expect(existsSync(join(folder, 'job-summary'))).toBe(false)
  })
})

describe('the comment', () => {
  /** GitHub as far as comments go. */
  let comments: { id: number; body: string }[]
  let refuses = false
  let server: Server
  beforeEach(async () => {
    comments = [{ id: 1, body: 'Looks good to me' }]
    refuses = false
    server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const answer = (status: number, value: unknown) => response.writeHead(status).end(JSON.stringify(value))
      const url = new URL(request.url as string, 'http://x')
      if (refuses || request.headers.authorization !== 'Bearer right') return answer(403, {})
      if (request.method === 'GET' && url.pathname === '/repos/shop/orders/issues/7/comments') {
        const page = Number(url.searchParams.get('page'))
        return answer(200, comments.slice((page - 1) * 100, page * 100))
      }
      if (request.method === 'POST' && url.pathname === '/repos/shop/orders/issues/7/comments') {
        comments.push({ id: comments.length + 1, ...JSON.parse(body) })
        return answer(201, {})
      }
      const found = comments.find(({ id }) => url.pathname === `/repos/shop/orders/issues/comments/${id}`)
      if (request.method !== 'PATCH' || found === undefined) return answer(404, {})
      Object.assign(found, JSON.parse(body))
      return answer(200, {})
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  /** A step after one that measured, in a job for a pull request or for a push. */
  function step(summary: string, event: object = { pull_request: { number: 7 } }) {
    writeFileSync(join(folder, 'summary.md'), summary)
    writeFileSync(join(folder, 'event.json'), JSON.stringify(event))
    return {
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: 'shop/orders',
      GITHUB_EVENT_PATH: join(folder, 'event.json'),
      BAKEOFF_TOKEN: 'right',
      BAKEOFF_COMMENT_NAME: 'orders',
      BAKEOFF_REPORT: folder,
    }
  }
  const bodies = () => comments.map(({ body }) => body)

  it('is written once, and then again in its place', async () => {
    await comment(step('The first summary\n'))
    expect(bodies()).toEqual(['Looks good to me', '<!-- bakeoff: orders -->\nThe first summary\n'])
    await comment(step('The second summary\n'))
    expect(bodies()).toEqual(['Looks good to me', '<!-- bakeoff: orders -->\nThe second summary\n'])
  })

  it('is found among many', async () => {
    comments = Array.from({ length: 250 }, (_, index) => ({
      id: index + 1,
      body: index === 201 ? '<!-- bakeoff: orders -->\nold' : 'x',
    }))
    await comment(step('new\n'))
    expect(comments).toHaveLength(250)
    expect(comments[201]?.body).toBe('<!-- bakeoff: orders -->\nnew\n')
  })

  it('is cut to what GitHub takes, at the end of a line', async () => {
    await comment(step('A line of the summary.\n'.repeat(4000)))
    const body = bodies()[1] as string
    expect(body.length).toBeLessThan(65_536)
    expect(body).toMatch(/A line of the summary\.\n\nCut here: the summary of the job has the rest\.\n$/)
  })

  it('is none where there is no pull request', async () => {
    expect(await comment(step('x\n', { ref: 'refs/heads/main' }))).toBe('There is no pull request to comment on.')
    expect(comments).toHaveLength(1)
  })

  it('fails nothing where it may not be written, and says what it needs', async () => {
    refuses = true
    expect(await comment(step('x\n'))).toMatch(
      /^::warning::No comment was written: GitHub answered 403\..*pull-requests/,
    )
  })
})

describe('the example workflow', () => {
  const file = join(checkout, 'examples/orders/.github/workflows/bakeoff.yml')
  const workflow = parse(readFileSync(file, 'utf8')) as {
    readonly permissions: Readonly<Record<string, string>>
    readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes': number; readonly steps: readonly Step[] }>>
  }
  const [job] = Object.values(workflow.jobs)
  const step = job?.steps.find(({ uses }) => uses?.includes('/bakeoff@'))

  it('gives the action inputs that it has, with rules that are understood', () => {
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step?.with ?? {})))
    expect(() => parseGateRules(step?.with?.['fail-on'] ?? '')).not.toThrow()
  })

  it('has the permission that a comment needs, and ends whatever hangs', () => {
    expect(workflow.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' })
    expect(job?.['timeout-minutes']).toBeGreaterThan(0)
  })

  it('builds the images that its targets name', () => {
    const built = [...(job?.steps ?? [])].flatMap(({ run }) => [...(run ?? '').matchAll(/--tag (\S+) (\S+)/g)])
    const named = [
      readFileSync(join(checkout, 'examples/orders/bakeoff/compose/orders.yaml'), 'utf8'),
      ...['orders-fastapi', 'orders-fastify'].map((name) =>
        readFileSync(join(checkout, `examples/orders/bakeoff/targets/${name}/target.yaml`), 'utf8'),
      ),
    ].flatMap((yaml) => /^\s*image: (orders-\w+)/m.exec(yaml)?.[1] ?? [])
    expect(built.map(([, image]) => image).toSorted()).toEqual(named.toSorted())
    for (const [, , place] of built)
      expect(existsSync(join(checkout, 'examples/orders', place as string, 'Dockerfile'))).toBe(true)
  })
})
