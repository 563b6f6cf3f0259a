import protobuf from 'protobufjs'

/** The fields of a BuildKit status message that are read here; the others are skipped. From moby/buildkit's control.proto. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message StatusResponse { repeated Vertex vertexes = 1; repeated VertexLog logs = 3; }
  message Vertex { string digest = 1; string name = 3; bool cached = 4; Timestamp started = 5; Timestamp completed = 6; string error = 7; }
  message VertexLog { string vertex = 1; bytes msg = 4; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`)
const Status = root.lookupType('StatusResponse')

interface StatusMessage {
  readonly vertexes?: readonly Vertex[]
  readonly logs?: readonly { readonly msg?: Uint8Array }[]
}

interface Vertex {
  readonly digest: string
  readonly name: string
  readonly cached?: boolean
  readonly started?: object
  readonly completed?: object
}

/** The id of an event that carries a status message. */
export const TRACE_ID = 'moby.buildkit.trace'

/**
 * Translates the status of a BuildKit build into the classic builder's lines: `Step 3/7 : [build 2/4] RUN make`, then what the step prints. BuildKit names the
 * steps of all stages as it finds them, and may run several at once, or in another order.
 */
export class BuildKitText {
  /** by digest of the Dockerfile's steps: whether each has begun */
  readonly #steps = new Map<string, boolean>()

  /** @param aux base64 of a status message. @returns its text, in whole lines except perhaps the last */
  push(aux: string): string {
    const { vertexes = [], logs = [] } = decode(aux)
    for (const { digest, name } of vertexes) {
      if (isStep(name) && !this.#steps.has(digest)) this.#steps.set(digest, false)
    }
    let text = ''
    for (const vertex of vertexes) text += this.#begin(vertex)
    const decoder = new TextDecoder()
    for (const { msg } of logs) text += decoder.decode(msg)
    return text
  }

  #begin({ digest, name, cached, started, completed }: Vertex): string {
    const isFirst = this.#steps.get(digest) === false && (started ?? completed) != null
    if (!isFirst) return ''
    this.#steps.set(digest, true)
    const begun = [...this.#steps.values()].filter(Boolean).length
    return `Step ${begun}/${this.#steps.size} : ${name}\n${cached ? ' ---> Using cache\n' : ''}`
  }
}

/** Steps are named `[2/5] RUN …` or `[build 2/5] RUN …`; `[internal] …` is the builder's own work. */
function isStep(name: string): boolean {
  return /^\[(?:\S+ )?\d+\/\d+\] /.test(name)
}

function decode(aux: string): StatusMessage {
  return Status.toObject(Status.decode(Buffer.from(aux, 'base64'))) as StatusMessage
}
