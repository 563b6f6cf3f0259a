import { describe, expect, it } from 'vitest'
import { inSentence } from '../../src/words/titles.js'

describe('a title within a sentence', () => {
  it.each([
    ['Throughput', 'throughput'],
    ['Service time, p99', 'service time, p99'],
    ['CPU time per request', 'CPU time per request'],
    ["Agent's CPU", "agent's CPU"],
    ['of this, the engine’s start', 'of this, the engine’s start'],
    ['', ''],
  ])('%s is %s', (title, expected) => expect(inSentence(title)).toBe(expected))
})
