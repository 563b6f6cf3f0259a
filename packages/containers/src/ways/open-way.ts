/** The way to a host's engine: opened, pinged once, and held by the caller until it is disposed. */
import type { FoundEngine } from '../client/endpoint.js'
import type { EngineWorld } from '../engine/candidates.js'
import { pingFailure } from '../engine/ping.js'
import { thisWorld } from '../engine/this-world.js'
import { type HostToReach, placeOf } from './place.js'
import { openTunnel } from './tunnel.js'
import { unansweredProblem } from './unanswered.js'

export type { HostToReach }

export interface OpenWay extends AsyncDisposable {
  /** the engine, which has answered a ping; `connect(found)` gives a client of it */
  readonly found: FoundEngine
  /** Resolves with what happened when the tunnel ends by itself. Never settles after disposal, nor where there is no tunnel. */
  readonly lost: Promise<Error>
}

export interface WayOptions {
  readonly signal?: AbortSignal | undefined
  /** how long ssh may take until it has a shell there; default 45 s */
  readonly openMs?: number
  /** how long each of six pings may take; default 2 s */
  readonly pingMs?: number
  /** instead of this process's environment and files */
  readonly world?: Partial<EngineWorld>
}

/**
 * Opens the way to a host's engine, and pings the engine. By ssh that is one ssh process, which ends with this process whatever ends it.
 *
 * @throws BakeoffError NO_ENGINE with host, likely cause and next command; ABORTED
 */
export async function openWay(host: HostToReach, { world, ...options }: WayOptions = {}): Promise<OpenWay> {
  const place = placeOf(host, { ...thisWorld(), ...world })
  switch (place.kind) {
    case 'tunnel':
      return openTunnel(place.tunnel, options)
    case 'direct': {
      const failure = await pingFailure(place.found, options)
      if (failure !== null) throw unansweredProblem(host.name, place.found, failure)
      return {
        found: place.found,
        lost: new Promise(() => undefined),
        async [Symbol.asyncDispose]() {},
      }
    }
  }
}
