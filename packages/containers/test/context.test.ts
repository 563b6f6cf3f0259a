import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packContext, readContext } from '../src/building/context.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bakeoff-context-'))
  await put('Dockerfile', 'FROM bakeoff/base\n')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the digest of a build context', () => {
  const digest = async () => (await readContext(folder)).digest

  it.each([
    { because: 'a file was touched', change: () => utimes(join(folder, 'Dockerfile'), 1, 1) },
    { because: 'an ignored file was written', change: () => put('notes.txt', 'new') },
    { because: 'a group may write now', change: () => chmod(join(folder, 'src/main.go'), 0o664) },
    { because: 'a commit was made', change: () => put('.git/HEAD', 'ref') },
    { because: 'npm was configured', change: () => put('.npmrc', 'token') },
    { because: 'a log of a build was written', change: () => put('.bakeoff/build-logs/x.log', 'Step 1/2') },
  ])('stays when $because', async ({ change }) => {
    await put('.dockerignore', 'notes.txt\n')
    await put('src/main.go', 'package main')
    const before = await digest()
    await change()
    expect(await digest()).toBe(before)
  })

  it.each([
    { because: 'a file says something else', change: () => put('src/main.go', 'package other') },
    { because: 'a file can be executed now', change: () => chmod(join(folder, 'src/main.go'), 0o755) },
    { because: 'a file was added', change: () => put('src/more.go', '') },
    { because: 'a folder was added', change: () => mkdir(join(folder, 'empty')) },
    {
      because: 'a link points elsewhere',
      change: async () => [await rm(join(folder, 'link')), await symlink('Dockerfile', join(folder, 'link'))],
    },
    {
      because: 'content moved from one file to the next',
      change: async () => [await put('a', ''), await put('b', 'onetwo')],
    },
  ])('changes when $because', async ({ change }) => {
    await put('src/main.go', 'package main')
    await put('a', 'one')
    await put('b', 'two')
    await symlink('src/main.go', join(folder, 'link'))
    const before = await digest()
    await change()
    expect(await digest()).not.toBe(before)
  })

  it('takes extra files for its own', async () => {
    const plain = await readContext(folder)
    const extended = await readContext(folder, new Map([['ca/a.crt', Buffer.from('PEM')]]))
    expect(extended.digest).not.toBe(plain.digest)
    expect(paths(extended)).toEqual(['Dockerfile', 'ca', 'ca/a.crt'])
    await put('ca/a.crt', 'PEM')
    expect((await readContext(folder)).digest).toBe(extended.digest)
  })
})

describe('what is in a build context', () => {
  it.each([
    {
      rules: '',
      expected: [
        '.dockerignore',
        'Dockerfile',
        'README.md',
        'docs',
        'docs/a.md',
        'src',
        'src/deep',
        'src/deep/b.log',
        'src/main.go',
      ],
    },
    {
      rules: '**/*.log\n*.md\n',
      expected: ['.dockerignore', 'Dockerfile', 'docs', 'docs/a.md', 'src', 'src/deep', 'src/main.go'],
    },
    { rules: 'src\n', expected: ['.dockerignore', 'Dockerfile', 'README.md', 'docs', 'docs/a.md'] },
    { rules: '*\n!src/main.go\n', expected: ['Dockerfile', 'src', 'src/main.go'] },
    { rules: '*\n!src\n', expected: ['Dockerfile', 'src', 'src/deep', 'src/deep/b.log', 'src/main.go'] },
    { rules: '*\n!**/*.md\n', expected: ['Dockerfile', 'README.md', 'docs', 'docs/a.md'] },
    { rules: '# all but the source\n**\n!/src/\nsrc/deep\n', expected: ['Dockerfile', 'src', 'src/main.go'] },
    {
      rules: 'Dockerfile\n',
      expected: [
        '.dockerignore',
        'Dockerfile',
        'README.md',
        'docs',
        'docs/a.md',
        'src',
        'src/deep',
        'src/deep/b.log',
        'src/main.go',
      ],
    },
  ])('follows .dockerignore: $rules', async ({ rules, expected }) => {
    for (const path of ['README.md', 'docs/a.md', 'src/deep/b.log', 'src/main.go']) await put(path, path)
    await put('.dockerignore', rules)
    expect(paths(await readContext(folder))).toEqual(expected)
  })

  it('never is a credential or the history, wherever it lies', async () => {
    for (const path of ['.npmrc', 'app/.npmrc', '.netrc', '.docker/config.json', 'app/.git/config', 'app/kept'])
      await put(path, 'x')
    await put('.dockerignore', '!.npmrc\n!**/.git\n')
    expect(paths(await readContext(folder))).toEqual(['.dockerignore', 'Dockerfile', 'app', 'app/kept'])
  })

  it.each([{ to: '/etc/passwd' }, { to: '../outside' }, { to: 'src/../../outside' }, { to: '..' }])(
    'is not what a link to $to leads to',
    async ({ to }) => {
      await symlink(to, join(folder, 'leaving'))
      await expect(readContext(folder)).rejects.toMatchObject({
        code: 'BAD_SPEC',
        message: expect.stringContaining('outside the build context'),
      })
      await put('.dockerignore', 'leaving\n')
      expect(paths(await readContext(folder)), 'an ignored link harms nobody').toEqual(['.dockerignore', 'Dockerfile'])
    },
  )

  it('may be links that stay inside', async () => {
    await put('src/..main', 'x')
    await symlink('../Dockerfile', join(folder, 'src/up'))
    await symlink('src/..main', join(folder, 'down'))
    expect(paths(await readContext(folder))).toEqual(['Dockerfile', 'down', 'src', 'src/..main', 'src/up'])
  })

  it.skipIf(process.platform === 'win32')('is no socket that a server left', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(folder, 'left.sock'), resolve))
    expect(paths(await readContext(folder))).toEqual(['Dockerfile'])
    await new Promise((resolve) => server.close(resolve))
  })

  it('needs a Dockerfile', async () => {
    await rm(join(folder, 'Dockerfile'))
    await expect(readContext(folder)).rejects.toMatchObject({
      code: 'BAD_SPEC',
      message: expect.stringContaining('no Dockerfile'),
    })
  })
})

describe('the tar of a build context', () => {
  it('is the same whoever made the files, when, and in what order', async () => {
    await put('z.sh', '#!/bin/sh\n')
    await chmod(join(folder, 'z.sh'), 0o700)
    await put('src/main.go', 'package main')
    await put('empty', '')
    await symlink('z.sh', join(folder, 'a'))
    const time = new Date('2020-01-01T00:00:00Z')
    const common = { uid: 0, gid: 0, mtime: time }
    expect(await unpack(folder)).toEqual([
      { name: 'Dockerfile', type: 'file', mode: 0o644, ...common, text: 'FROM bakeoff/base\n' },
      { name: 'a', type: 'symlink', mode: 0o777, ...common, text: 'z.sh' },
      { name: 'empty', type: 'file', mode: 0o644, ...common, text: '' },
      { name: 'src', type: 'directory', mode: 0o755, ...common, text: '' },
      { name: 'src/main.go', type: 'file', mode: 0o644, ...common, text: 'package main' },
      { name: 'z.sh', type: 'file', mode: 0o755, ...common, text: '#!/bin/sh\n' },
    ])
  })

  it('fails when a file changes its size in between', async () => {
    await put('growing', 'short')
    const context = await readContext(folder)
    await put('growing', 'much longer than before')
    await expect(
      pipeline(packContext(context), async (source) => {
        for await (const _chunk of source) {
          /* read on */
        }
      }),
    ).rejects.toThrow(/size/i)
  })
})

async function unpack(from: string) {
  const entries: unknown[] = []
  const reader = extract()
  reader.on('entry', async ({ name, type, mode, uid, gid, mtime, linkname }, content, next) => {
    let text = linkname ?? ''
    for await (const chunk of content) text += chunk
    entries.push({ name, type, mode, uid, gid, mtime, text })
    next()
  })
  await pipeline(packContext(await readContext(from)), reader)
  return entries
}

function paths(context: { readonly entries: readonly { readonly path: string }[] }): string[] {
  return context.entries.map(({ path }) => path)
}

describe('a context with another Dockerfile', () => {
  const paths = async (dockerfile: string) =>
    (await readContext(folder, new Map(), dockerfile)).entries.map(({ path }) => path)

  it('has it though it is ignored, at any depth', async () => {
    await put('docker/Dockerfile.prod', 'FROM scratch\n')
    await put('docker/other', '')
    await put('.dockerignore', 'docker\nDockerfile\n')
    expect(await paths('docker/Dockerfile.prod')).toEqual(['.dockerignore', 'docker', 'docker/Dockerfile.prod'])
  })

  it('is as the rules beside that Dockerfile say, where there are any', async () => {
    await put('Dockerfile.prod', 'FROM scratch\n')
    await put('notes.txt', '')
    await put('src/main.go', '')
    await put('.dockerignore', 'notes.txt\n')
    await put('Dockerfile.prod.dockerignore', 'src\n*ignore\n')
    expect(await paths('Dockerfile.prod')).toEqual(['Dockerfile', 'Dockerfile.prod', 'notes.txt'])
  })

  it('is refused where that leads out of the folder, or is not there', async () => {
    for (const dockerfile of ['../Dockerfile', 'Dockerfile.none'])
      await expect(readContext(folder, new Map(), dockerfile)).rejects.toMatchObject({ code: 'BAD_SPEC' })
  })
})

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}
