import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDockerfile } from '../src/building/dockerfile.js'
import { checkReferences, folderOfImage } from '../src/images/references.js'

describe('what a Dockerfile refers to', () => {
  it.each([
    { text: 'FROM bakeoff/base', images: ['bakeoff/base'] },
    { text: 'from  bakeoff/base\n', images: ['bakeoff/base'] },
    { text: 'FROM scratch\nCOPY a b', images: [] },
    { text: 'FROM --platform=linux/arm64 debian:trixie-slim AS build', images: ['debian:trixie-slim'] },
    {
      text: 'FROM bakeoff/base AS build\nRUN true\nFROM build\nCOPY --from=build /a /b\nCOPY --from=0 /a /b',
      images: ['bakeoff/base'],
    },
    { text: 'FROM bakeoff/base AS Build\nFROM scratch\nCOPY --from=build /a /b', images: ['bakeoff/base'] },
    {
      text: 'FROM bakeoff/base\nCOPY --chown=1:1 --from=bakeoff/models/minilm /m /m',
      images: ['bakeoff/base', 'bakeoff/models/minilm'],
    },
    {
      text: 'FROM bakeoff/base\nCOPY \\\n  # where the model is\n\n  --from=bakeoff/models/ranknet \\\n  /m /m',
      images: ['bakeoff/base', 'bakeoff/models/ranknet'],
    },
    {
      text: 'ARG BASE=bakeoff/base\nARG TAG="3"\nFROM ${BASE}\nFROM redis:$TAG\nFROM x:${NONE:-7}',
      images: ['bakeoff/base', 'redis:3', 'x:7'],
    },
    { text: '# FROM old\nFROM new\r\nRUN echo FROM other', images: ['new'] },
    { text: 'FROM a\nRUN echo \\\n FROM b', images: ['a'] },
    { text: 'FROM a\nFROM a\nCOPY --from=a x y', images: ['a'] },
  ])('is $images in: $text', ({ text, images }) => expect(readDockerfile(text).images).toEqual(images))

  it('is told apart from the build arguments it declares', () => {
    expect(readDockerfile('ARG A\nFROM x\nARG PIP_INDEX_URL\nARG B=1 C\nRUN ARG=2').args).toEqual([
      'A',
      'PIP_INDEX_URL',
      'B',
      'C',
    ])
  })
})

/** A project in a checkout: all that it needs lies there. */
const here = (root: string) => ({ root, home: root })

describe('what a stage of a Dockerfile refers to', () => {
  const text = 'FROM a AS build\nFROM b AS runtime\nCOPY --from=c / /\nFROM d\n'
  it.each([
    { stage: 'build', images: ['a'] },
    { stage: 'Runtime', images: ['a', 'b', 'c'] },
    { stage: undefined, images: ['a', 'b', 'c', 'd'] },
  ])('is $images up to $stage', ({ stage, images }) => expect(readDockerfile(text, stage).images).toEqual(images))
})

describe('the folder of an image', () => {
  it.each([
    { name: 'bakeoff/base', folder: '/p/compose/base' },
    { name: 'bakeoff/models/ranknet', folder: '/p/compose/models/ranknet' },
    { name: 'bakeoff/target/go-net-http', folder: '/p/targets/go-net-http' },
  ])('$name is $folder', ({ name, folder }) => expect(folderOfImage(here('/p'), name)).toBe(folder))

  it.each(['bakeoff/debian:trixie', 'bakeoff/../etc', 'bakeoff/', 'bakeoff/a//b', 'other/base', 'bakeoff/.hidden'])(
    '%s has none',
    (name) => {
      expect(() => folderOfImage(here('/p'), name)).toThrow(expect.objectContaining({ code: 'BAD_SPEC' }))
    },
  )
})

describe('the folder of an image of a project outside the checkout', () => {
  let folders: { readonly root: string; readonly home: string }
  beforeEach(async () => {
    const [root, home] = await Promise.all(['own-', 'brought-'].map((name) => mkdtemp(join(tmpdir(), name))))
    folders = { root: root as string, home: home as string }
    await mkdir(join(folders.home, 'compose/base'), { recursive: true })
  })
  afterEach(() =>
    Promise.all([folders.root, folders.home].map((folder) => rm(folder, { recursive: true, force: true }))),
  )

  it('is what the program brings along', () =>
    expect(folderOfImage(folders, 'bakeoff/base')).toBe(join(folders.home, 'compose/base')))

  it("is the project's own where it has one of that name", async () => {
    await mkdir(join(folders.root, 'compose/base'), { recursive: true })
    expect(folderOfImage(folders, 'bakeoff/base')).toBe(join(folders.root, 'compose/base'))
  })

  it('is looked for in the project where neither has it, which is what the error says', () =>
    expect(folderOfImage(folders, 'bakeoff/redis')).toBe(join(folders.root, 'compose/redis')))

  it("of a target is the project's, always", () =>
    expect(folderOfImage(folders, 'bakeoff/target/orders')).toBe(join(folders.root, 'targets/orders')))
})

describe('references between folders', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'bakeoff-references-'))
    await put('compose/base', 'FROM bakeoff/debian:trixie')
  })
  afterEach(() => rm(root, { recursive: true, force: true }))
  const check = (target: string) =>
    checkReferences(here(root), `bakeoff/target/${target}`, { folder: join(root, 'targets', target) })

  it('may meet again further down', async () => {
    await put('compose/models', 'FROM bakeoff/base')
    await put('compose/tools', 'FROM bakeoff/base\nCOPY --from=bakeoff/models / /')
    await put('targets/a', 'FROM bakeoff/tools\nCOPY --from=bakeoff/models / /\nFROM redis:7')
    await expect(check('a')).resolves.toBeUndefined()
  })

  it('must not go round in a circle', async () => {
    await put('targets/a', 'FROM bakeoff/b')
    await put('compose/b', 'FROM bakeoff/c')
    await put('compose/c', 'FROM bakeoff/base\nCOPY --from=bakeoff/b / /')
    await expect(check('a')).rejects.toMatchObject({
      code: 'BAD_SPEC',
      message: 'these images need one another: bakeoff/b → bakeoff/c → bakeoff/b',
    })
  })

  it('must lead somewhere', async () => {
    await put('targets/a', 'FROM bakeoff/gone')
    await expect(check('a')).rejects.toMatchObject({
      code: 'BAD_SPEC',
      message: expect.stringContaining('refers to bakeoff/gone'),
    })
  })

  async function put(folder: string, dockerfile: string): Promise<void> {
    await mkdir(join(root, folder), { recursive: true })
    await writeFile(join(root, folder, 'Dockerfile'), dockerfile)
  }
})
