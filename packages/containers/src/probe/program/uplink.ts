/** Facts that only a process in the engine's own network, and without cores of its own, can read. Null is what cannot be read. */
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { parseCpuList } from '../../host/parse.js'

export interface Uplink {
  readonly uplink: string | null
  readonly uplinkMtu: number | null
}

/** @param address IPv4 address; null: none is known */
export async function readUplink(address: string | null): Promise<Uplink> {
  const [uplink] =
    Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some((one) => one.address === address)) ?? []
  if (address === null || uplink === undefined) return { uplink: null, uplinkMtu: null }
  const mtu = await readFile(`/sys/class/net/${uplink}/mtu`, 'utf8').catch(() => '')
  return { uplink, uplinkMtu: /^\d+\s*$/.test(mtu) ? Number(mtu) : null }
}

/** The processors that this process may run on; empty where the system does not say. */
export async function readAllowedCpus(): Promise<number[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '')
}
