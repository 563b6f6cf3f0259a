/**
 * The images that other tests use, built or downloaded before anything is timed, as a run does it: as many at once as the
 * machine bears. BAKEOFF_TEST_SCENARIO narrows them to one scenario and our own, BAKEOFF_TEST_ONE_OF_EACH=1 to one contender of each language.
 */
import { join } from 'node:path'
import { ImageStore } from '@bakeoff/containers'
import { requestsOf } from '@bakeoff/runner'
import { type ImageEvent, type ImageRequest, UnsupportedBuild } from '@bakeoff/runner/ports'
import { expect, it } from 'vitest'
import { openTerminal } from '../src/terminal.js'
import { materialsOf, readMachine } from '../src/workbench.js'
import { checkout } from './helpers/project.js'
import { readShipped, shippedPlan } from './helpers/shipped.js'

const { signal } = new AbortController()
const terminal = openTerminal()
const shipped = readShipped()
const machine = await readMachine(terminal, signal)
const images = new ImageStore(machine.engine.client, { root: checkout, say: terminal.say })
const plan = shippedPlan(shipped, machine)
const materials = materialsOf(shipped.project, shipped.catalogue, plan)
const requests: ImageRequest[] = [
  ...new Map(
    [
      ...requestsOf(plan, materials),
      materials.caddyImage,
      { name: 'bakeoff/truth-server', folder: join(checkout, 'packages/load/test/servers'), requires: [] },
    ].map((request) => [request.name, request]),
  ).values(),
]

/** Builds take minutes on a new machine: whoever waits sees which. */
function tell(event: ImageEvent): void {
  if (event.state === 'building') {
    const expected = event.expectedSeconds === null ? '' : `, some ${Math.ceil(event.expectedSeconds)} s`
    terminal.say(`building ${event.image}${expected}`)
  } else if (event.state === 'pulling') terminal.say(`downloading ${event.image}`)
  else if (event.state === 'built' || event.state === 'pulled')
    terminal.say(`${event.state} ${event.image}${event.seconds === null ? '' : ` in ${Math.round(event.seconds)} s`}`)
}

/** Asked for at once: only of what is asked for can the longest be built first. */
const making = new Map(
  requests.map((request) => [
    request,
    images.ensureImage(request, signal, tell).catch((error: unknown) => error), // judged by its test
  ]),
)

it.each(requests.map((request) => [request.name, request] as const))('%s', async (_, request) => {
  const facts = await making.get(request)
  // What a build needs from outside may be out of reach: the target is then unsupported here, which is no failure of it.
  if (facts instanceof UnsupportedBuild) return expect(request.requires, facts.message).not.toEqual([])
  if (facts instanceof Error) throw facts
  expect(facts).toMatchObject({ id: expect.stringMatching(/^sha256:/) })
})
