import type { Catalogue } from '@bakeoff/core'
import { expect, it } from 'vitest'
import { anEntry, aPlan, aScenario } from '../../core/test/builders.js'
import type { Project } from '../src/project.js'
import { materialsOf } from '../src/workbench.js'

const bodies = ['a', 'bb', 'ccc', 'dddd']
const scenario = {
  id: 'predict',
  requests: bodies.map((body) => ({ method: 'POST', path: '/', headers: {}, body })),
  golden: bodies.map((body) => ({ status: 200, contentType: null, body })),
  contract: [],
  workDigest: 'all',
}
const catalogue = { scenarios: [scenario] } as unknown as Catalogue
const project: Project = { root: '/project', home: '/project', reports: '/project/reports' }

it.each([
  { planned: 4, sent: bodies },
  { planned: 2, sent: ['bb', 'dddd'] },
])('a run sends the $planned requests that its plan has, with their answers', ({ planned, sent }) => {
  const plan = aPlan([aScenario({ requests: planned })], [anEntry('predict', 'go-net-http')])
  const { requests, golden } = materialsOf(project, catalogue, plan).corpora.get('predict')!
  expect(requests.map(({ body }) => body)).toEqual(sent)
  expect(golden.map(({ body }) => body)).toEqual(sent)
})
