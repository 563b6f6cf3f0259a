import { expect, it } from 'vitest'
import { Semaphore } from '../src/images/semaphore.js'

/** A task that notes its beginning and ends when it is told. */
function tasks(semaphore: Semaphore) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    begun,
    add: (name: string, weight: () => number) =>
      semaphore.run(() => {
        begun.push(name)
        return new Promise<void>((end) => ends.set(name, end))
      }, weight),
    end: async (name: string) => {
      ends.get(name)?.()
      await new Promise(setImmediate) // its place is handed over
      await new Promise(setImmediate)
    },
  }
}

it.each([
  {
    weights: { a: 1, b: 5, c: 3 },
    order: ['first', 'b', 'c', 'a'],
    because: 'the heaviest of those that wait goes first',
  },
  { weights: { a: 2, b: 2, c: 2 }, order: ['first', 'a', 'b', 'c'], because: 'equals go in the order they came' },
])('$because', async ({ weights, order }) => {
  const { begun, add, end } = tasks(new Semaphore(1))
  add('first', () => 0)
  for (const [name, weight] of Object.entries(weights)) add(name, () => weight)
  for (const name of order) await end(name)
  expect(begun).toEqual(order)
})

it('asks for the weight when a place is free, not when the task came', async () => {
  const { begun, add, end } = tasks(new Semaphore(1))
  let below = 1
  add('first', () => 0)
  add('toolchain', () => below)
  add('target', () => 10)
  below = 100 // something long now waits for it
  await end('first')
  expect(begun).toEqual(['first', 'toolchain'])
})

it('lets what waited for a task be among those that its place may go to', async () => {
  const { begun, add, end } = tasks(new Semaphore(1))
  const toolchain = add('toolchain', () => 0)
  const target = toolchain.then(() => add('target', () => 100))
  add('short', () => 10)
  await end('toolchain')
  expect(begun).toEqual(['toolchain', 'target'])
  await end('target')
  await end('short')
  await target
})

it('never runs more at once than it has places, and gives a place back after a failure', async () => {
  const semaphore = new Semaphore(2)
  let running = 0
  let most = 0
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      semaphore.run(async () => {
        most = Math.max(most, ++running)
        await new Promise(setImmediate)
        running--
        if (index % 3 === 0) throw new Error('failed')
      }),
    ),
  )
  expect(most).toBe(2)
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(13)
})
