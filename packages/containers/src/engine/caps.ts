import { BakeoffError, type EngineFacts } from '@bakeoff/model'
import type { InfoAnswer, PodmanInfo } from '../client/answers.js'

type Cap = 'cores' | 'memory'

/**
 * The caps that the engine accepts but does not enforce: without control groups of its own (rootless on cgroup 1, or on 2 where
 * systemd has not handed on the controller) it starts the container all the same, and says so in a warning at most.
 */
export function uncappedOf(info: InfoAnswer, podman: PodmanInfo | null): Cap[] {
  const controllers = podman?.host?.cgroupControllers
  if (podman !== null && controllers !== undefined) {
    const has = (name: string) => (controllers ?? []).includes(name)
    return [...(has('cpuset') ? [] : (['cores'] as const)), ...(has('memory') ? [] : (['memory'] as const))]
  }
  const none = info.CgroupDriver === 'none'
  return [
    ...(none || info.CPUSet === false ? (['cores'] as const) : []),
    ...(none || info.MemoryLimit === false ? (['memory'] as const) : []),
  ]
}

/** An error with the caps that are not enforced and what to do; null when all are enforced. */
export function uncappedProblem(engine: EngineFacts): BakeoffError | null {
  const uncapped = engine.uncapped ?? []
  if (uncapped.length === 0) return null
  const hint =
    engine.cgroupVersion === '2'
      ? 'Let systemd hand the controllers on: put "[Service]" and "Delegate=cpu cpuset io memory pids" into /etc/systemd/system/user@.service.d/delegate.conf, then sudo systemctl daemon-reload, and log in again. Or use an engine that runs as root.'
      : 'Without root this needs cgroup version 2 (the default since Debian 11 and Ubuntu 21.10). Or use an engine that runs as root: docs/engines.md.'
  return new BakeoffError(
    'NO_ENGINE',
    `${engine.name} ${engine.version} at ${engine.endpoint}${engine.rootless ? ', without root,' : ''} cannot limit ${uncapped.join(' and ')}: what is measured there would not have the caps that the report shows`,
    { hint },
  )
}
