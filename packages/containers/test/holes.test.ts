import { describe, expect, it } from 'vitest'
import type { VersionAnswer } from '../src/client/answers.js'
import { type Changelogs, holeSentence, holesOf, isFixed, publishedHoles } from '../src/engine/holes.js'

describe('a version', () => {
  const dns = ['23.0.11', '25.0.5', '26.0.0']
  it.each([
    { version: '20.10.24+dfsg1', fixedIn: dns, expected: false, because: 'it is of before every line with a fix' },
    { version: '23.0.10', fixedIn: dns, expected: false, because: 'it is of before the fix in its line' },
    { version: '23.0.11', fixedIn: dns, expected: true, because: 'it is the fix in its line' },
    { version: '24.0.9', fixedIn: dns, expected: false, because: 'its line never got the fix' },
    { version: '25.0.6-1', fixedIn: dns, expected: true, because: 'it is of after the fix in its line' },
    { version: '26.0.0-rc2', fixedIn: dns, expected: false, because: 'it is a candidate of the release with the fix' },
    { version: '29.0.0', fixedIn: dns, expected: true, because: 'it is of a later line' },
    {
      version: '18.06.1-ce',
      fixedIn: ['18.06.2', '18.09.2'],
      expected: false,
      because: 'months are written with a zero',
    },
    { version: '1.0.0-rc95', fixedIn: ['1.1.12'], expected: false, because: 'it is a candidate' },
    { version: '1.4.0-rc.3', fixedIn: ['1.3.3', '1.4.0-rc.3'], expected: true, because: 'the fix is a candidate too' },
    { version: 'dev', fixedIn: dns, expected: null, because: 'nothing can be said of it' },
  ])('$version is $expected of a fix in $fixedIn since $because', ({ version, fixedIn, expected }) =>
    expect(isFixed(version, fixedIn)).toBe(expected),
  )
})

describe('the holes of an engine', () => {
  const none: Changelogs = () => null
  const ofMakers = (engine: string, runc: string): VersionAnswer => ({
    Version: engine,
    Platform: { Name: 'Docker Engine - Community' },
    Components: [{ Name: 'Engine' }, { Name: 'runc', Version: runc }],
  })
  const debian: VersionAnswer = { ...ofMakers('20.10.24+dfsg1', '1.1.5+ds1'), Platform: { Name: '' } }
  const ids = (version: VersionAnswer, changelogs = none) => holesOf(version, changelogs).map(({ id }) => id)

  it.each([
    { because: 'it is new', version: ofMakers('29.0.0', '1.3.3'), expected: [] },
    {
      because: 'only its runc is old',
      version: ofMakers('29.0.0', '1.1.11'),
      expected: ['CVE-2024-21626', 'CVE-2025-31133'],
    },
    { because: 'only the engine is old', version: ofMakers('25.0.4', '1.3.3'), expected: ['CVE-2024-29018'] },
    {
      because: 'everything is old',
      version: ofMakers('18.03.0-ce', '1.0.0-rc4'),
      expected: ['CVE-2019-5736', 'CVE-2024-21626', 'CVE-2024-29018', 'CVE-2025-31133'],
    },
    {
      because: 'Docker Desktop has a version of its own',
      version: { ...ofMakers('28.0.0', '1.3.3'), Platform: { Name: 'Docker Desktop 4.37.1 (178610)' } },
      expected: ['CVE-2025-9074'],
    },
    {
      because: 'Podman is another program',
      version: { Version: '4.3.1', Components: [{ Name: 'Podman Engine' }] },
      expected: [],
    },
    { because: 'it says nothing of itself', version: {}, expected: [] },
  ])('are $expected when $because', ({ version, expected }) => expect(ids(version)).toEqual(expected))

  it('are closed by a distribution whose changelog names the fix', () => {
    const changelogs: Changelogs = (component) =>
      component === 'runc' ? 'runc (1.1.5+ds1-1+deb12u1)\n  * CVE-2024-21626: x' : null
    expect(ids(debian)).toContain('CVE-2024-21626')
    expect(ids(debian, changelogs)).toEqual(['CVE-2024-29018', 'CVE-2025-31133'])
  })

  it.each([
    { because: 'its changelog is not there', changelog: null, says: 'its distribution may have put the fix in' },
    {
      because: 'its changelog names no such fix',
      changelog: 'docker.io (x)',
      says: 'the changelog of its package does not name it',
    },
  ])('of a distribution are told with what is known of it: $because', ({ changelog, says }) => {
    const dns = holesOf(debian, () => changelog).find(({ id }) => id === 'CVE-2024-29018')
    expect(dns && holeSentence(dns)).toContain(`this is 20.10.24+dfsg1; ${says}`)
  })

  it('are told with what they mean', () => {
    for (const hole of publishedHoles)
      expect(holeSentence({ ...hole, version: '1', packaged: null })).toMatch(
        /^CVE-\d+-\d+, fixed in .* \(this is 1\): a container /,
      )
  })
})
