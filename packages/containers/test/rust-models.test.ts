import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const toolchain = join(root, 'compose/toolchains/rust-models')
const layer = readFileSync(join(toolchain, 'layer/Cargo.toml'), 'utf8')

/** Folders of crates that are built beside the layer. */
const crates = readdirSync(join(root, 'targets'))
  .filter((target) =>
    readFileSync(join(root, 'targets', target, 'Dockerfile'), 'utf8').includes('toolchains/rust-models'),
  )
  .map((target) => join('targets', target, target.startsWith('elixir-') ? 'native' : ''))
  .map((path) => path.replace(/\/$/, ''))
  .sort()

interface Dependency {
  readonly version: string
  readonly hasDefaults: boolean
  readonly features: readonly string[]
}

/** The dependencies of one section, each on a line of its own. */
function dependencies(manifest: string, section: string): Map<string, Dependency> {
  const text = manifest.split(`[${section}]`)[1]?.split(/^\[/m)[0] ?? ''
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [, name = line, value = ''] = /^([\w-]+) = (.*)$/.exec(line) ?? []
      const version = /^"(.*)"$/.exec(value)?.[1] ?? /version = "([^"]*)"/.exec(value)?.[1] ?? 'none'
      const features = /features = \[(.*?)\]/.exec(value)?.[1]?.match(/[\w-]+/g) ?? []
      return [name, { version, hasDefaults: !value.includes('default-features = false'), features }]
    }),
  )
}

/** Name, version and checksum of all that a lock file holds from the registry. */
function locked(lock: string): Set<string> {
  const packages = lock.split('[[package]]').slice(1)
  const fieldOf = (text: string, name: string) => new RegExp(`^${name} = "(.*)"$`, 'm').exec(text)?.[1]
  return new Set(
    packages
      .filter((text) => fieldOf(text, 'checksum') !== undefined)
      .map((text) => ['name', 'version', 'checksum'].map((field) => fieldOf(text, field)).join(' ')),
  )
}

function profile(manifest: string): string {
  const text = manifest.split('[profile.release]')[1]?.split(/^\[/m)[0] ?? ''
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort()
    .join('\n')
}

it('is the toolchain of all that serve a model in Rust', () => {
  expect(crates).toEqual([
    'targets/elixir-candle-embed/native',
    'targets/elixir-candle/native',
    'targets/elixir-ort-embed/native',
    'targets/elixir-postgrex/native',
    'targets/rust-candle',
    'targets/rust-candle-embed',
    'targets/rust-ort-embed',
  ])
})

// Folders of targets share no code. Where one has tests of such a file, it is the first.
it.each([
  {
    file: 'src/runs.rs',
    folders: ['rust-ort-embed', 'rust-candle-embed', 'elixir-ort-embed/native', 'elixir-candle-embed/native'],
  },
  { file: 'src/batcher.rs', folders: ['rust-ort-embed', 'rust-candle-embed'] },
  { file: 'src/bert.rs', folders: ['rust-candle-embed', 'elixir-candle-embed/native'] },
  { file: 'src/gelu.rs', folders: ['rust-candle-embed', 'elixir-candle-embed/native'] },
  { file: 'lib/embed/batcher.ex', folders: ['elixir-ort-embed', 'elixir-candle-embed'] },
  ...[
    'native/Cargo.toml',
    'native/src/lib.rs',
    'native/src/network.rs',
    'native/src/wire.rs',
    'lib/rank/ranking.ex',
    'lib/rank/scorer.ex',
    'test/ranking_test.exs',
  ].map((file) => ({ file, folders: ['elixir-candle', 'elixir-postgrex'] })),
  ...['lib/chat/upstream/events.ex', 'lib/chat/upstream/failure.ex', 'test/events_test.exs'].map((file) => ({
    file,
    folders: ['elixir-openai', 'elixir-req'],
  })),
])('$file is the same in all that work by it', ({ file, folders: [first = '', ...others] }) => {
  const contentOf = (folder: string) => readFileSync(join(root, 'targets', folder, file), 'utf8')
  for (const folder of others) expect(contentOf(folder), folder).toBe(contentOf(first))
})

// What is not so would be compiled again in each of them, for minutes, or could not be had without the network.
describe.each(crates)('%s', (folder) => {
  const manifest = readFileSync(join(root, folder, 'Cargo.toml'), 'utf8')

  it.each(['dependencies', 'dev-dependencies', 'build-dependencies'])(
    'asks the layer for nothing it has not: %s',
    (section) => {
      const there = dependencies(layer, section)
      for (const [name, wanted] of dependencies(manifest, section)) {
        const has = there.get(name)
        expect(has, `${name} is in layer/Cargo.toml`).toBeDefined()
        expect(has, name).toMatchObject({ version: wanted.version, hasDefaults: wanted.hasDefaults })
        expect(has?.features, `features of ${name}`).toEqual(expect.arrayContaining([...wanted.features]))
      }
    },
  )

  it('locks the versions that are compiled there', () => {
    const there = locked(readFileSync(join(toolchain, 'Cargo.lock'), 'utf8'))
    const own = locked(readFileSync(join(root, folder, 'Cargo.lock'), 'utf8'))
    expect(own.size).toBeGreaterThan(50)
    expect([...own].filter((one) => !there.has(one))).toEqual([])
  })

  it('has the profile that counts there', () => {
    const counts = profile(readFileSync(join(toolchain, 'Cargo.toml'), 'utf8'))
    expect(counts).not.toBe('')
    expect(profile(manifest)).toBe(counts)
  })
})
