import { expect, it } from 'vitest'
// @ts-expect-error a plain script without types
import { violations } from '../../../scripts/check-boundaries.mjs'

it('no package imports what it must not', () => expect(violations()).toEqual([]))
