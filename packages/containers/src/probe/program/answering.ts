import type { Reading } from '@bakeoff/model'
import { readHostFacts } from '../../host/read.js'
import { type ContainerFiles, openContainerFiles, openHostFiles } from '../../session/sampling/files.js'
import { everyMs } from '../../session/sampling/sampler.js'
import {
  type Answer,
  type Hello,
  PROTOCOL,
  type ProbeClocks,
  type ProbeFacts,
  type Question,
  type Sampled,
} from '../protocol.js'
import { unreached } from './unreached.js'
import { readAllowedCpus, readUplink } from './uplink.js'

export interface AnsweringOptions {
  readonly say: (answer: Answer) => void
  /** the steady scale */
  readonly now: () => number
  /** the time of day, in epoch ms */
  readonly wallNow: () => number
}

/** Answers the questions that a probe is asked. */
export class Answering {
  readonly #options: AnsweringOptions
  /** what ends each sampling, by the id of its question */
  readonly #samplings = new Map<number, () => void>()

  constructor(options: AnsweringOptions) {
    this.#options = options
  }

  /** Never rejects. */
  async answer(question: Question): Promise<void> {
    const { id } = question
    try {
      this.#options.say({ id, result: await this.#resultOf(question) })
    } catch (error) {
      this.#options.say({ id, error: String((error as Error)?.stack ?? error) })
    }
  }

  /** Ends all samplings. */
  stop(): void {
    for (const id of [...this.#samplings.keys()]) this.#stop(id)
  }

  #resultOf(question: Question): unknown {
    switch (question.ask) {
      case 'hello':
        return { protocol: PROTOCOL } satisfies Hello
      case 'clock':
        return { steadyMs: this.#options.now(), wallMs: this.#options.wallNow() } satisfies ProbeClocks
      case 'facts':
        return readFacts(question.address)
      case 'unreached':
        return unreached(question.addresses, question.port)
      case 'sample':
        return this.#sample(question)
      case 'stop':
        return this.#stop(question.sampling)
      case 'quit':
        return this.stop()
    }
  }

  #sample({ id, containers, hz }: Extract<Question, { ask: 'sample' }>): Sampled {
    const { say, now } = this.#options
    const files = new Map<string, ContainerFiles>()
    for (const { name, id, pid } of containers) {
      const opened = openContainerFiles(pid, id, { tcp: true })
      if (opened) files.set(name, opened)
    }
    const host = openHostFiles()
    const stopReading = everyMs(1000 / hz, () => {
      const hostReading = host.read(now())
      const readings: Record<string, Reading> = {}
      for (const [name, opened] of files) {
        const reading = opened.read(now())
        if (reading) readings[name] = reading
      }
      say({ id, tick: { host: hostReading, containers: readings } })
    })
    this.#samplings.set(id, () => {
      stopReading()
      for (const opened of files.values()) opened.close()
      host.close()
    })
    return { unread: containers.map(({ name }) => name).filter((name) => !files.has(name)) }
  }

  #stop(sampling: number): void {
    this.#samplings.get(sampling)?.()
    this.#samplings.delete(sampling)
  }
}

async function readFacts(address: string | null): Promise<ProbeFacts> {
  // Its own root lies on the disk on which the engine keeps images.
  const [facts, uplink, allowedCpus] = await Promise.all([readHostFacts(['/']), readUplink(address), readAllowedCpus()])
  return { ...facts, ...uplink, allowedCpus }
}
