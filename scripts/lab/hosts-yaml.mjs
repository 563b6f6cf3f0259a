/**
 * @typedef {object} Bench
 * @property {string} target
 * @property {string} [services]  default: the target's host
 * @property {readonly string[]} agents
 *
 * @typedef {object} HostsFile
 * @property {readonly Bench[]} [benches]
 * @property {readonly string[]} [fleet] benches of one host each, in place of `benches`
 * @property {string} [tolerance] of three benches and more; their canaries disturb one another, since hosts of a lab share cores
 * @property {Readonly<Record<string, string>>} [ways] other ways to engines than their sockets, by host: `ssh://h2`
 */

/**
 * The text of hosts.yaml for hosts of a lab. Without benches or fleet the first host is the target's, the second the services' where there
 * are three, and the last the agent's.
 *
 * @param {readonly import('./host.mjs').HostFacts[]} hosts
 * @param {HostsFile} [file]
 */
export function hostsYaml(hosts, { benches, fleet, tolerance, ways = {} } = {}) {
  const lines = hosts.map(({ name, socket, address }) => {
    // Hosts of a lab share their files: at its usual place is the engine of the machine that they are all on.
    const way = name in ways ? `docker: '${ways[name]}', socket: ${socket}` : `docker: 'unix://${socket}'`
    return `  ${name}: { ${way}, address: ${address} }`
  })
  const groups = fleet
    ? [`fleet: [${fleet.join(', ')}]`]
    : ['benches:', ...(benches ?? [usualBench(hosts)]).map((bench) => `  - ${flow(bench)}`)]
  const more = tolerance === undefined ? [] : [`tolerance: ${tolerance}`]
  return `${['hosts:', ...lines, ...groups, ...more].join('\n')}\n`
}

function usualBench(hosts) {
  const names = hosts.map(({ name }) => name)
  return { target: names[0], services: names.length > 2 ? names[1] : names[0], agents: names.slice(-1) }
}

function flow({ target, services, agents }) {
  const parts = [`target: ${target}`, ...(services ? [`services: ${services}`] : []), `agents: [${agents.join(', ')}]`]
  return `{ ${parts.join(', ')} }`
}
