/** The scenario that init began, whose place another takes. */
import { describe, expect, it } from 'vitest'
import { findServices, planFiles, servicesOfBegun, withScenario } from '../../src/init/index.js'
import { IN_EACH_LANGUAGE, repositoryOf } from './repositories.js'

const { services } = findServices(repositoryOf({ orders: IN_EACH_LANGUAGE.go! }))
const surroundings =
  '  target: { image: "${TARGET_IMAGE}", cpus: 2, mem_limit: 1g }\n  store: { image: "redis:8", cpus: 1, mem_limit: 1g }'
const { files } = planFiles({ repository: 'shop', services, surroundings, dockerignore: null })
const textOf = (path: string) => files.find((file) => file.path === `bakeoff/${path}`)!.text
const begun = {
  name: 'orders',
  yaml: textOf('compose/orders.yaml'),
  requests: textOf('compose/orders/requests.ndjson'),
  golden: textOf('compose/orders/golden.ndjson'),
}

describe('servicesOfBegun', () => {
  it('has the services of what init wrote', () =>
    expect(servicesOfBegun(begun)).toEqual({
      target: { image: '${TARGET_IMAGE}', cpus: 2, mem_limit: '1g' },
      store: { image: 'redis:8', cpus: 1, mem_limit: '1g' },
    }))

  it.each([
    { because: 'a request', change: { requests: `${begun.requests}{"path":"/orders"}\n` } },
    { because: 'an answer', change: { golden: '{"status":200,"body":"{}"}\n' } },
    { because: 'a service level', change: { yaml: begun.yaml.replace('  # slo:', '  slo:') } },
    { because: 'another load', change: { yaml: begun.yaml.replace('[1, 64]', '[8]') } },
    { because: 'what is no YAML', change: { yaml: 'services: [' } },
  ])('has none where somebody has written $because', ({ change }) =>
    expect(servicesOfBegun({ ...begun, ...change })).toBeNull(),
  )
})

describe('withScenario', () => {
  it.each([
    {
      yaml: 'scenarios: [shop] # those that it serves\nport: 1\n',
      expected: 'scenarios: [orders] # those that it serves\nport: 1\n',
    },
    { yaml: 'scenarios:\n  - "shop"\n  - shop-2\n', expected: 'scenarios:\n  - orders\n  - shop-2\n' },
    {
      yaml: 'summary: shop\nvariants:\n  a: { scenarios: [shop, other] }\nscenarios: [other, shop]\n',
      expected: 'summary: shop\nvariants:\n  a: { scenarios: [orders, other] }\nscenarios: [other, orders]\n',
    },
    { yaml: 'scenarios: [shop]\norder: [shop, other]\n', expected: 'scenarios: [orders]\norder: [orders, other]\n' }, // matrix.yaml
  ])('changes the name alone in $yaml', ({ yaml, expected }) =>
    expect(withScenario(yaml, 'shop', 'orders')).toBe(expected),
  )

  it('says nothing of a target that does not serve it', () =>
    expect(withScenario('scenarios: [other]\nsummary: shop\n', 'shop', 'orders')).toBeNull())

  it('quotes a name that would be a number', () =>
    expect(withScenario('scenarios: [shop]\n', 'shop', '2025')).toBe('scenarios: ["2025"]\n'))
})
