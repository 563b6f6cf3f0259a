import { z } from 'zod'
import { claimFile, hostsFile, matrixFile, scenarioFile, targetFile } from './files.js'
import { plan } from './plan.js'
import { repetitionRecord, runEvent } from './repetition.js'
import { contractCase, goldenLine, requestLine, setupLine } from './requests.js'
import { results } from './results.js'

const files = {
  target: { schema: targetFile, title: 'target.yaml of a target' },
  scenario: { schema: scenarioFile, title: 'A scenario: a Compose file with x-scenario' },
  matrix: { schema: matrixFile, title: 'matrix.yaml' },
  claim: { schema: claimFile, title: 'A published claim' },
  hosts: { schema: hostsFile, title: 'hosts.yaml: the machines of a run' },
  request: { schema: requestLine, title: 'A line of requests.ndjson' },
  setup: { schema: setupLine, title: 'A line of before.ndjson or after.ndjson' },
  golden: { schema: goldenLine, title: 'A line of golden.ndjson' },
  contract: { schema: contractCase, title: 'A line of contract.ndjson' },
  plan: { schema: plan, title: 'plan.json of a run' },
  run: { schema: repetitionRecord, title: 'runs/*.json: one repetition' },
  event: { schema: runEvent, title: 'A line of events.ndjson' },
  results: { schema: results, title: 'results.json of a run' },
}

/** Every format as a JSON Schema (draft 2020-12), by file name: what editors and other tools read. */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, { schema, title }]) => {
      const generated = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
      return [`${name}.schema.json`, `${JSON.stringify({ title, ...generated }, null, 2)}\n`]
    }),
  )
}
