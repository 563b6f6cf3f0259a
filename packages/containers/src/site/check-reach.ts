import { BakeoffError } from '@bakeoff/model'
import { GOSSIP_PORT } from '../swarm/index.js'

/** A host that can be asked what it reaches. */
export interface ReachingHost {
  readonly name: string
  /** that is measured over; null: not given */
  readonly address: string | null
  /** The addresses that its own network does not reach. @throws ENGINE_LOST when it is lost */
  readonly unreached: (addresses: readonly string[], port: number) => Promise<readonly string[]>
}

/**
 * Tests whether hosts are there, and reach one another over the network that is measured: at the port at which the engines of a swarm tell each
 * other about containers.
 *
 * @throws BakeoffError ENGINE_LOST that names the host that is cut off
 */
export async function checkReach(hosts: readonly ReachingHost[]): Promise<void> {
  const pairs = await Promise.all(
    hosts.map(async (from) => {
      const others = hosts.flatMap(({ name, address }) => (address === null || name === from.name ? [] : [address]))
      const unreached = await from.unreached(others, GOSSIP_PORT)
      return hosts.filter(({ address }) => address !== null && unreached.includes(address)).map((to) => [from, to])
    }),
  )
  const broken = pairs.flat()
  if (broken.length === 0) return
  const brokenOf = (host: ReachingHost) => broken.filter((pair) => pair.includes(host))
  const [worst] = [...hosts].sort((a, b) => brokenOf(b).length - brokenOf(a).length) as [ReachingHost]
  const others = new Set(brokenOf(worst).flat())
  others.delete(worst)
  const names = [...others].map(({ name }) => name).join(' and ')
  throw new BakeoffError(
    'ENGINE_LOST',
    `${worst.name} (${worst.address}) and ${names} do not reach each other any more`,
    {
      hint: `Look at cable, switch and firewall: \`ping ${worst.address}\` on ${names}. What was measured so far is kept: go on with --resume.`,
    },
  )
}
