import type { Loaded, Shelf } from '@bakeoff/containers'
import { describe, expect, it } from 'vitest'
import { loadedLines } from '../src/commands/images.js'

const facts = (name: string, key: string) => ({
  ...{ name, key, id: `sha256:${key}`, bytes: 1, architecture: 'amd64', cached: true, buildSeconds: 1, baseId: null },
})
const shelf = (name: string, key: string | null): Shelf => ({
  request: { name, folder: `/p/${name}`, requires: [] },
  facts: key === null ? null : facts(name, key),
  key,
})
const built = (name: string, key: string) => ({
  kind: 'built' as const,
  reference: `${name}:${key}`,
  name,
  key,
  labels: {},
})
const loaded = (names: Loaded['names'], more: Partial<Loaded> = {}): Loaded => ({
  names,
  baseUnfit: null,
  otherIds: false,
  ...more,
})

describe('what is said after a file was loaded', () => {
  it.each([
    {
      because: 'all fits',
      lines: loadedLines(
        loaded([built('base', 'b'), built('x', 'k')]),
        [shelf('base', null)],
        [shelf('base', 'b'), shelf('x', 'k')],
      ),
      expected: ['Loaded 2 images; 2 fit the folders as they are now.', 'Nothing is left to build.'],
    },
    {
      because: 'one is of another state and one is not in it',
      lines: loadedLines(loaded([built('x', 'old')]), [], [shelf('x', null), shelf('y', null)]),
      expected: [
        'Loaded 1 images; 0 fit the folders as they are now.',
        'Made from other folders than those here, and not used: x:old.',
        'Not here yet, and built when needed: x, y.',
      ],
    },
    {
      because: 'what was here stood on another base image',
      lines: loadedLines(
        loaded([built('base', 'b')]),
        [shelf('base', 'a'), shelf('x', 'k')],
        [shelf('base', 'b'), shelf('x', null)],
      ),
      expected: [
        'Loaded 1 images; 1 fit the folders as they are now.',
        'Built on the previous base image, and will be built again: x.',
        'Not here yet, and built when needed: x.',
      ],
    },
  ])('when $because', ({ lines, expected }) => expect(lines).toEqual(expected))

  it.each([
    { more: { baseUnfit: 'certificates' as const }, why: /other private certificates than this machine/ },
    { more: { baseUnfit: 'folder or platform' as const }, why: /another compose\/base, or for another platform/ },
    { more: { otherIds: true }, why: /other ids than the engine that saved them/ },
  ])('names why it cannot be used: $more', ({ more, why }) =>
    expect(loadedLines(loaded([built('base', 'b')], more), [], [shelf('x', null)]).join('\n')).toMatch(why),
  )
})
