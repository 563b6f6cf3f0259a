import { describe, expect, it } from 'vitest'
import { debianMirrors } from '../src/base/sources.js'

const deb822 = `# a comment
Types: deb deb-src
# http://elsewhere.example/snapshot
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main contrib
`

describe("Debian's mirrors in apt's sources", () => {
  it.each([
    {
      because: 'deb822',
      name: 'debian.sources',
      text: deb822,
      expected: { main: 'http://mirror.example/debian', security: 'http://security.example/debian-security' },
    },
    {
      because: 'one line each, with options',
      name: 'sources.list',
      text: '# deb http://old.example/debian buster main\ndeb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian trixie main contrib # ours\ndeb https://mirror.example/security trixie-security main\n',
      expected: { main: 'https://mirror.example/debian', security: 'https://mirror.example/security' },
    },
    {
      because: 'the old name of the security suite',
      name: 'sources.list',
      text: 'deb http://m.example/debian stable main\ndeb http://s.example/sec buster/updates main',
      expected: { main: 'http://m.example/debian', security: 'http://s.example/sec' },
    },
    {
      because: 'no security suite',
      name: 'sources.list',
      text: 'deb http://m.example/debian bookworm main',
      expected: { main: 'http://m.example/debian', security: null },
    },
    {
      because: 'a stanza that is switched off',
      name: 'a.sources',
      text: deb822.replace('Types: deb deb-src', 'Enabled: no\nTypes: deb'),
      expected: null,
    },
    {
      because: 'values on continued lines',
      name: 'a.sources',
      text: 'Types: deb\nURIs:\n http://m.example/debian\nSuites:\n bookworm\n bookworm-updates\nComponents: main\n',
      expected: { main: 'http://m.example/debian', security: null },
    },
    {
      because: "a third party's repository first",
      name: 'sources.list',
      text: 'deb http://third.example/apt stable-tools main\ndeb http://other.example/node nodistro main\ndeb http://m.example/debian sid main',
      expected: { main: 'http://m.example/debian', security: null },
    },
    {
      because: 'Ubuntu',
      name: 'sources.list',
      text: 'deb http://u.example/ubuntu noble main universe\ndeb http://u.example/ubuntu noble-security main',
      expected: null,
    },
    {
      because: 'an installation disc',
      name: 'sources.list',
      text: 'deb cdrom:[Debian]/ bookworm main',
      expected: null,
    },
    {
      because: 'sources without binaries',
      name: 'a.sources',
      text: 'Types: deb-src\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main',
      expected: null,
    },
    { because: 'nothing', name: 'sources.list', text: '', expected: null },
  ])('are right for: $because', ({ name, text, expected }) => expect(debianMirrors([{ name, text }])).toEqual(expected))

  it('are collected over several files', () => {
    expect(
      debianMirrors([
        { name: '/etc/apt/sources.list', text: '# moved to sources.list.d' },
        { name: '/etc/apt/sources.list.d/debian.sources', text: deb822 },
      ]),
    ).toMatchObject({ main: 'http://mirror.example/debian' })
  })
})
