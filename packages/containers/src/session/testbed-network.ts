/**
 * A network whose containers reach one another and nothing else. `internal` keeps them from other networks, but the
 * engine still gives its machine an address on the bridge, and with it every service there that listens on all
 * addresses. Two settings remove that address, and both disappear with the bridge:
 * - the engine is told to give its machine no address on it. Every Docker from 20.10 on knows how.
 * - where this process may, it tells the kernel to ignore traffic from that bridge: else a program that binds its socket to the
 *   interface finds the machine's other addresses by ARP, and sends datagrams to them.
 */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError, type EngineFacts } from '@bakeoff/model'
import type { NetworkAnswer } from '../client/answers.js'
import type { EngineClient } from '../client/client.js'

export interface TestbedNetwork {
  readonly id: string
  /** the addresses at which the engine's machine would answer if it could be reached: on this and on the default network */
  readonly hostAddresses: readonly string[]
  /** of the interfaces of its containers; absent: the engine's own */
  readonly mtu?: number
}

export interface TestbedNetworkOptions {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** @throws the engine's error */
export async function openTestbedNetwork(
  client: EngineClient,
  engine: EngineFacts,
  { name, labels }: TestbedNetworkOptions,
): Promise<TestbedNetwork> {
  const id = await client.networks.create({
    Name: name,
    Driver: 'bridge',
    Internal: true, // nothing under measurement can reach out
    EnableIPv6: false, // a bridge has a link-local address in every case
    CheckDuplicate: true,
    Labels: { ...labels },
    // Podman does not know this option. The run itself tests whether services can be reached.
    ...(engine.reducedTruth ? {} : { Options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' } }),
  })
  const network = await client.networks.inspect(id)
  if (engine.sameKernel && !engine.reducedTruth) await deafen(bridgeOf(id, network))
  return { id, hostAddresses: [...new Set([...gatewaysOf(network), ...(await defaultGateways(client))])] }
}

/** What an overlay adds to every packet. */
export const VXLAN_BYTES = 50

/** How long a swarm may take to find addresses for a network; it takes some ms. */
const SUBNET_MS = 10_000

export interface OverlayNetwork extends TestbedNetwork {
  /** `198.18.5.0/24` */
  readonly subnet: string
}

/**
 * A network over the machines of a swarm. It is wrapped into packets between their engines, in a network namespace of its own, so no machine has an
 * address on it: the gateway is an interface of that namespace, where nothing listens. `internal` takes away the second interface, by which containers
 * would otherwise reach out. Other engines learn of it from their first container on it.
 *
 * @param options.mtu of the interfaces in containers; null: the engine's own
 * @throws the engine's error; OUT_OF_RESOURCES when the swarm finds no addresses
 */
export async function openOverlayNetwork(
  client: EngineClient,
  { name, labels, mtu }: TestbedNetworkOptions & { readonly mtu: number | null },
): Promise<OverlayNetwork> {
  const id = await client.networks.create({
    Name: name,
    Driver: 'overlay',
    Attachable: true, // plain containers may join, not only services of the swarm
    Internal: true,
    EnableIPv6: false,
    CheckDuplicate: true,
    Labels: { ...labels },
    // The driver takes this for the MTU below, and leaves its own header out of it.
    Options: mtu === null ? {} : { 'com.docker.network.driver.mtu': String(mtu + VXLAN_BYTES) },
  })
  return { id, hostAddresses: [], subnet: await subnetOf(client, id), ...(mtu === null ? {} : { mtu }) }
}

/** The addresses of an overlay, which its swarm chooses a moment after it was made. */
async function subnetOf(client: EngineClient, id: string): Promise<string> {
  const until = performance.now() + SUBNET_MS
  for (;;) {
    const subnet = (await client.networks.inspect(id)).IPAM?.Config?.[0]?.Subnet
    if (subnet) return subnet
    if (performance.now() > until)
      throw new BakeoffError('OUT_OF_RESOURCES', 'the swarm finds no addresses for another network', {
        hint: 'See which networks there are on its manager, and remove what is not used: docker network ls --filter driver=overlay',
      })
    await sleep(20)
  }
}

/** Addresses of an engine's machine on the networks that it makes by itself: the default one, and that by which containers of a swarm reach out. */
export async function gatewaysOfEngine(client: EngineClient): Promise<string[]> {
  const own = ['bridge', 'docker_gwbridge'].map((name) => client.networks.inspect(name).catch(() => ({})))
  return (await Promise.all(own)).flatMap(gatewaysOf)
}

/** The interface of a network on the engine's machine. */
function bridgeOf(id: string, network: NetworkAnswer): string {
  return network.Options?.['com.docker.network.bridge.name'] ?? `br-${id.slice(0, 12)}`
}

/** Settings of one interface: answer no ARP, accept no IPv4 from senders that cannot be answered over it, have no IPv6. */
const DEAF = [
  { path: 'ipv4/conf', setting: 'arp_ignore', value: '8' },
  { path: 'ipv4/conf', setting: 'rp_filter', value: '1' },
  { path: 'ipv6/conf', setting: 'disable_ipv6', value: '1' },
] as const

/**
 * Applies the settings. Not possible without root, in a read-only /proc, or where the engine's network is in another namespace: then the bridge is
 * not there, since no other has a name with that network's id in it.
 */
async function deafen(bridge: string): Promise<void> {
  for (const { path, setting, value } of DEAF) {
    const file = `/proc/sys/net/${path}/${bridge}/${setting}`
    if (existsSync(file)) await writeFile(file, value).catch(() => undefined)
  }
}

function gatewaysOf(network: NetworkAnswer): string[] {
  return (network.IPAM?.Config ?? []).flatMap(({ Gateway }) => (Gateway ? [Gateway] : []))
}

/** Addresses of the engine's machine on the default network, where it always has one. */
async function defaultGateways(client: EngineClient): Promise<string[]> {
  return gatewaysOf(await client.networks.inspect('bridge').catch(() => ({}))) // turned off, or Podman
}
