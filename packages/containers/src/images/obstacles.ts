import { privateCertificates } from '../base/certificates.js'
import { type Requirement, requirementOf, whyUnreachable } from './requires.js'

/** Obstacles to builds: requirements that cannot be met here. Each is tested once. */
export class Obstacles {
  readonly #known: readonly Requirement[]
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #mirrors: Readonly<Record<string, string>>
  readonly #reasons = new Map<string, Promise<string | null>>()

  /** @param mirrors addresses that builds are given, by the build argument's name */
  constructor(
    known: readonly Requirement[],
    env: Readonly<Record<string, string | undefined>>,
    mirrors: Readonly<Record<string, string>>,
  ) {
    this.#known = known
    this.#env = env
    this.#mirrors = mirrors
  }

  /** A sentence about the first requirement that cannot be met; null when all can. */
  async firstOf(requires: readonly string[], signal: AbortSignal): Promise<string | null> {
    for (const name of requires) {
      const requirement = requirementOf(name, this.#known)
      const why = await this.#ask(requirement, signal)
      if (why !== null) return `needs ${requirement.title}: ${why}`
    }
    return null
  }

  #ask(requirement: Requirement, signal: AbortSignal): Promise<string | null> {
    const asked = this.#reasons.get(requirement.name)
    if (asked) return asked
    const certificates = privateCertificates(this.#env).map(({ pem }) => pem)
    const reason = whyUnreachable(requirement, { env: this.#env, certificates, mirrors: this.#mirrors, signal })
    this.#reasons.set(requirement.name, reason)
    reason.catch(() => this.#reasons.delete(requirement.name)) // an abort says nothing about the network
    return reason
  }
}
