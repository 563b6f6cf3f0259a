import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { stepOf } from '../src/building/build-step.js'
import { builderOf } from '../src/building/builder.js'
import { BuildKitText } from '../src/building/buildkit.js'
import { withoutCacheMounts } from '../src/building/cache-mounts.js'
import { clientOf } from './fake-engine.js'

describe('a Dockerfile for the classic builder', () => {
  it.each([
    { text: 'RUN --mount=type=cache,target=/c make', plain: 'RUN make', because: 'a cache is left out' },
    { text: 'RUN --mount=target=/c,type=cache make', plain: 'RUN make', because: 'its type may stand anywhere' },
    {
      text: 'RUN --mount=type=cache,target=/a --mount=type=cache,target=/b \\\n    make',
      plain: 'RUN make',
      because: 'there may be several, over lines',
    },
    {
      text: 'run --mount=type=cache,target=/a \\\n make \\\n && true',
      plain: 'run make \\\n && true',
      because: 'the command stays as it is',
    },
    {
      text: 'RUN --mount=type=cache,target=/a --network=none --mount=type=secret,id=s make',
      plain: 'RUN --network=none --mount=type=secret,id=s make',
      because: 'other flags stay, for the builder to judge',
    },
    {
      text: 'RUN echo --mount=type=cache,target=/a x',
      plain: 'RUN echo --mount=type=cache,target=/a x',
      because: 'what stands in the command is none',
    },
    {
      text: 'FROM a\n# RUN --mount=type=cache,target=/a x',
      plain: 'FROM a\n# RUN --mount=type=cache,target=/a x',
      because: 'a comment is none',
    },
  ])('$because', ({ text, plain }) => expect(withoutCacheMounts(text)).toBe(plain))
})

describe('what BuildKit tells', () => {
  // As the engine writes it: more fields than are read, in a schema of the test's own.
  const { root } = protobuf.parse(`syntax = "proto3";
    message R { repeated V vertexes = 1; repeated S statuses = 2; repeated L logs = 3; }
    message V { string digest = 1; repeated string inputs = 2; string name = 3; bool cached = 4; T started = 5; T completed = 6; string error = 7; }
    message S { string ID = 1; int64 current = 4; }
    message L { string vertex = 1; T timestamp = 2; int64 stream = 3; bytes msg = 4; }
    message T { int64 seconds = 1; int32 nanos = 2; }`)
  const aux = (message: object): string => {
    const type = root.lookupType('R')
    return Buffer.from(type.encode(type.fromObject(message)).finish()).toString('base64')
  }
  const at = { seconds: 1 }

  it('is told in the lines of the classic builder, a step once, when it begins', () => {
    const text = new BuildKitText()
    expect(
      text.push(aux({ vertexes: [{ digest: 'c', name: '[internal] load remote build context', started: at }] })),
    ).toBe('')
    const all = [
      { digest: 'a', name: '[build 1/2] FROM bakeoff/base' },
      { digest: 'b', name: '[build 2/2] RUN make' },
      { digest: 'd', name: '[2/2] COPY --from=build /x /x' },
    ]
    expect(text.push(aux({ vertexes: all }))).toBe('')
    expect(text.push(aux({ vertexes: [{ ...all[0], started: at, completed: at, cached: true }] }))).toBe(
      'Step 1/3 : [build 1/2] FROM bakeoff/base\n ---> Using cache\n',
    )
    const second = text.push(aux({ vertexes: [{ ...all[1], started: at }], statuses: [{ ID: 's', current: 3 }] }))
    expect(second).toBe('Step 2/3 : [build 2/2] RUN make\n')
    expect(stepOf(second)).toEqual({ number: 2, of: 3 })
    expect(text.push(aux({ vertexes: [{ ...all[1], started: at, completed: at }] }))).toBe('')
    expect(text.push(aux({ logs: [{ vertex: 'b', stream: 2, timestamp: at, msg: Buffer.from('müde\nund') }] }))).toBe(
      'müde\nund',
    )
  })

  it('may be nothing', () => expect(new BuildKitText().push('')).toBe(''))
})

describe('the builder', () => {
  /** An engine whose ping says this of its builder. */
  const engine = (header: string | undefined) => ({
    modem: {
      dial: (_request: unknown, callback: (error: null, answer: unknown) => void) =>
        callback(null, { resume: () => undefined, headers: header === undefined ? {} : { 'builder-version': header } }),
    },
  })
  it.each([
    { wanted: undefined, header: '2', builder: 'classic', because: 'a build stays within its memory' },
    { wanted: '', header: '2', builder: 'classic', because: 'an empty variable asks for nothing' },
    { wanted: 'auto', header: '2', builder: 'buildkit', because: 'the engine announces it' },
    { wanted: 'auto', header: '1', builder: 'classic', because: 'the engine announces the other' },
    { wanted: 'auto', header: undefined, builder: 'classic', because: 'an old engine announces nothing' },
    { wanted: 'buildkit', header: '1', builder: 'buildkit', because: 'it was asked for' },
    { wanted: 'classic', header: '2', builder: 'classic', because: 'it was asked for' },
  ])('is $builder: $because', async ({ wanted, header, builder }) => {
    expect(await builderOf(clientOf(engine(header)), { BAKEOFF_BUILDER: wanted })).toBe(builder)
  })

  it('must be one that there is', () =>
    expect(builderOf(clientOf(engine('2')), { BAKEOFF_BUILDER: 'buildx' })).rejects.toMatchObject({ code: 'BAD_SPEC' }))
})
