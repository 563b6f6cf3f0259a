import { expect, it } from 'vitest'
import { withHosts } from '../src/index.js'

const FILE = 'lab.yaml'

it.each([
  { text: 'npm run matrix', says: 'npm run matrix -- --hosts lab.yaml' },
  { text: 'npm run matrix -- --repetitions 5', says: 'npm run matrix -- --hosts lab.yaml --repetitions 5' },
  { text: 'npm run check -- go-chi --keep', says: 'npm run check -- --hosts lab.yaml go-chi --keep' },
  { text: 'npm run plan names them', says: 'npm run plan -- --hosts lab.yaml names them' },
  { text: '`npm run doctor` tells.', says: '`npm run doctor -- --hosts lab.yaml` tells.' },
  { text: 'Once: npm run hosts -- prepare', says: 'Once: npm run hosts -- prepare --hosts lab.yaml' },
  {
    text: 'npm run matrix, then npm run plan',
    says: 'npm run matrix -- --hosts lab.yaml, then npm run plan -- --hosts lab.yaml',
  },
])('names the file in: $text', ({ text, says }) => {
  expect(withHosts(text, FILE)).toBe(says)
  expect(withHosts(says, FILE), 'and once only').toBe(says)
})

it.each([
  'npm run matrix -- --resume 20261201-101500',
  'npm run matrix -- --replay 20261201-101500 predict/go-chi',
  'npm run matrix -- --hosts other.yaml',
  'npm run report -- 20261201-101500',
  'npm run build, npm run checker, npm run plan-b',
])('leaves as it is: %s', (text) => expect(withHosts(text, FILE)).toBe(text))

it('leaves everything as it is where there is one machine', () => {
  expect(withHosts('npm run matrix', null)).toBe('npm run matrix')
  expect(withHosts('npm run matrix', undefined)).toBe('npm run matrix')
})

it('names hosts.yaml only where a command does not look for it by itself', () => {
  expect(withHosts('npm run hosts -- check', 'hosts.yaml')).toBe('npm run hosts -- check')
  expect(withHosts('npm run plan', 'hosts.yaml')).toBe('npm run plan -- --hosts hosts.yaml')
})

it('quotes a file for a shell', () => {
  expect(withHosts('npm run plan', "my hosts' file.yaml")).toBe("npm run plan -- --hosts 'my hosts'\\'' file.yaml'")
})
