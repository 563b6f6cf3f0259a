import { describe, expect, it } from 'vitest'
import { aSite, type FakeHost, requestOn } from './fake-site.js'

const nameOf = ({ name }: FakeHost) => name
const hosts = ['bench', 'db', 'load']

describe('a container of a site', () => {
  it('goes to the engine of its host, by the id that its image has there', async () => {
    const {
      site,
      hosts: [bench, db],
    } = aSite(hosts)
    const network = await site.openNetwork('cell', hosts)
    const running = await site.start(network, requestOn('db', 'postgres'))
    expect(running).toMatchObject({ name: 'postgres', host: 'db' })
    expect(db?.containers.get('postgres')).toMatchObject({ network: network.id, request: { image: 'image on db' } })
    expect(bench?.containers.size).toBe(0)
  })

  it('goes to the first host when none is said', async () => {
    const {
      site,
      hosts: [bench],
    } = aSite(hosts)
    await site.start(await site.openNetwork('cell'), requestOn(undefined))
    expect([...(bench?.containers.keys() ?? [])]).toEqual(['target'])
  })

  it('keeps an address of its own on an overlay, since others have it in their files', async () => {
    const {
      site,
      hosts: [bench, db],
    } = aSite(hosts)
    const network = await site.openNetwork('cell', hosts)
    await site.start(network, requestOn('db', 'postgres'))
    await site.start(network, { ...requestOn('bench', 'target'), peers: { postgres: '198.18.5.100' } })
    expect(db?.containers.get('postgres')?.address).toBe('198.18.5.100')
    expect(bench?.containers.get('target')).toMatchObject({
      address: '198.18.5.101',
      request: { peers: { postgres: '198.18.5.100' } },
    })
  })

  it('finds others by their names where the network is of one host', async () => {
    const {
      site,
      hosts: [, db],
    } = aSite(hosts, 'bridge')
    const network = await site.openNetwork('cell', ['db'])
    await site.start(network, { ...requestOn('db', 'target'), peers: { postgres: '10.1.0.3' } })
    expect(db?.containers.get('target')?.address).toBeUndefined()
    expect(db?.containers.get('target')?.request).not.toHaveProperty('peers')
  })

  it('is refused where there is no such host', async () => {
    const { site } = aSite(hosts)
    const network = await site.openNetwork('cell', hosts)
    await expect(site.start(network, requestOn('elsewhere'))).rejects.toThrow('no host elsewhere')
  })
})

describe('a network of a site', () => {
  it('is a bridge of the one host that it is for', async () => {
    const {
      site,
      hosts: [bench, db, load],
    } = aSite(hosts)
    await site.openNetwork('cell', ['db'])
    expect(db?.networks.get('cell')).toEqual({ kind: 'bridge', mtu: null })
    expect([bench, load].map((host) => host?.networks.size)).toEqual([0, 0])
  })

  it('is an overlay of several, made by the host that manages the swarm, with the MTU of the plan', async () => {
    const {
      site,
      hosts: [bench, , load],
    } = aSite(hosts)
    await site.openNetwork('cell', ['bench', 'db'])
    expect(load?.networks.get('cell')).toEqual({ kind: 'overlay', mtu: 1400 })
    expect(bench?.networks.size).toBe(0)
  })

  it('names every address of its hosts that a target could try to reach', async () => {
    const { site } = aSite(hosts)
    const { hostAddresses } = await site.openNetwork('cell', ['bench', 'db'])
    expect(hostAddresses).toEqual(['10.0.0.1', 'gateway of bench', 'gateway of db'])
  })

  it('comes after what was kept on any of its hosts, and after another look at their clocks', async () => {
    const { site, hosts: all } = aSite(hosts)
    await site.openNetwork('cell', ['bench', 'db'])
    expect(all.filter(({ said }) => said.length > 0).map(nameOf)).toEqual(['bench', 'db'])
    expect(all.filter(({ clock }) => clock.readings === 1).map(nameOf)).toEqual(['bench', 'db'])
  })
})

describe('the machines of a network', () => {
  it.each([
    { cut: 'bench', says: 'bench (10.0.0.1) and db and load do not reach each other any more' },
    { cut: 'load', says: 'load (10.0.0.3) and bench and db do not reach each other any more' },
  ])('are asked whether they reach one another: $cut is cut off', async ({ cut, says }) => {
    const { site, hosts: all } = aSite(['away', ...hosts])
    const [, ...mine] = all
    const network = await site.openNetwork('cell', hosts)
    await network.check?.()
    for (const host of mine)
      host.cutOffFrom = mine
        .filter(({ name }) => (name === cut) !== (host.name === cut))
        .flatMap(({ address }) => address ?? [])
    await expect(network.check?.()).rejects.toMatchObject({ code: 'ENGINE_LOST', message: says })
  })

  it('keep their overlay while one of them is lost or cut off, and no other overlay', async () => {
    const { site, hosts: all } = aSite(['t1', 'a1', 't2', 'a2', 't3', 'a3'])
    const [, , t2, , t3, manager] = all as [FakeHost, FakeHost, FakeHost, FakeHost, FakeHost, FakeHost]
    const well = await site.openNetwork('well', ['t1', 'a1'])
    const cut = await site.openNetwork('cut', ['t2', 'a2'])
    const lost = await site.openNetwork('lost', ['t3', 'a3'])
    t2.cutOffFrom = ['10.0.0.3']
    await expect(cut.check?.()).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    t3.isLost = true
    for (const network of [well, cut, lost]) await network[Symbol.asyncDispose]()
    expect([...manager.networks.keys()]).toEqual(['cut', 'lost'])
  })
})

describe('samples of a site', () => {
  it('are those of each host, with the machine of the first container in front', async () => {
    const { site } = aSite(hosts)
    const network = await site.openNetwork('cell', hosts)
    const started = [
      await site.start(network, requestOn('db', 'postgres')),
      await site.start(network, requestOn('bench', 'target')),
      await site.start(network, requestOn('db', 'redis')),
    ]
    const sampler = await site.sample(started, 10)
    expect(sampler.between(0, 1)).toEqual({
      containers: { postgres: [], redis: [], target: [] },
      host: [expect.objectContaining({ busySeconds: 'db'.length })],
      clockErrorMs: 0.5,
      machines: { bench: { readings: [expect.objectContaining({ busySeconds: 'bench'.length })], clockErrorMs: 0.5 } },
    })
  })

  it('end together', async () => {
    const { site, hosts: all } = aSite(hosts, 'bridge')
    const network = await site.openNetwork('cell', ['db'])
    const sampler = await site.sample(
      [await site.start(network, requestOn('db')), await site.start(network, requestOn('load', 'agent'))],
      10,
    )
    await sampler[Symbol.asyncDispose]()
    expect(all.filter(({ said }) => said.includes('sampler ended')).map(nameOf)).toEqual(['db', 'load'])
  })
})

describe('the end of a site', () => {
  it('removes what is on every host, and the overlay when nothing is on it any more', async () => {
    const { site, hosts: all, said } = aSite(hosts)
    const network = await site.openNetwork('cell', hosts)
    for (const host of hosts) await site.start(network, requestOn(host, `on ${host}`))
    await site.close()
    expect(all.map(({ containers }) => containers.size)).toEqual([0, 0, 0])
    expect(all.at(-1)?.leftWhenEnded).toBe(0)
    expect(said).toEqual([])
  })

  it('says which host could not be cleaned, and cleans the others', async () => {
    const { site, hosts: all, said } = aSite(hosts)
    const network = await site.openNetwork('cell', hosts)
    for (const host of hosts) await site.start(network, requestOn(host, `on ${host}`))
    ;(all[1] as FakeHost).isLost = true
    await site.close()
    expect(all.filter(({ containers }) => containers.size > 0).map(nameOf)).toEqual(['db'])
    expect(said).toEqual([expect.stringMatching(/^db could not be cleaned from here: the probe there does it/)])
  })
})
