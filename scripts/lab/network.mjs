/** The lab's network: a bridge in a namespace of its own, and a cable (a veth pair) from a port of it to eth0 of each host. */
import { run } from './commands.mjs'

export const SWITCH = 'switch'
/** The bridge's own address: who enters its namespace reaches the hosts by their cables. */
const SWITCH_ADDRESS = '10.77.0.1'
/** Labs do not see each other, so all have the same addresses. */
const addressOf = (number) => `10.77.0.${10 + number}`

/** The two ends of the cable of a host. */
export class Cable {
  /** @type {string} IPv4 */
  address
  #switch
  #host
  #port

  /**
   * @param {import('./sandbox.mjs').Sandbox} sandbox
   * @param {string} host
   * @param {number} number from 1
   */
  constructor(sandbox, host, number) {
    this.address = addressOf(number)
    this.#switch = sandbox.namespace(SWITCH)
    this.#host = sandbox.namespace(host)
    this.#port = `port${number}`
  }

  /** Makes the host's namespace, and lays the cable. */
  async lay(/** @type {number} */ mtu) {
    await run('ip', ['netns', 'add', this.#host])
    const peer = ['peer', 'name', 'eth0', 'mtu', String(mtu), 'netns', this.#host]
    await run('ip', ['-n', this.#switch, 'link', 'add', this.#port, 'mtu', String(mtu), 'type', 'veth', ...peer])
    await run('ip', ['-n', this.#switch, 'link', 'set', this.#port, 'master', 'br0', 'up'])
    await run('ip', ['-n', this.#host, 'address', 'add', `${this.address}/24`, 'dev', 'eth0'])
    for (const device of ['lo', 'eth0']) await run('ip', ['-n', this.#host, 'link', 'set', device, 'up'])
  }

  /** Takes the cable out at the switch: the host keeps its address and sees no carrier. */
  async pull() {
    await run('ip', ['-n', this.#switch, 'link', 'set', this.#port, 'down'])
  }

  async plugIn() {
    await run('ip', ['-n', this.#switch, 'link', 'set', this.#port, 'up'])
  }

  /** Lets no more through than `rate`, as tc writes it (`100mbit`), in each direction. */
  async limit(/** @type {string} */ rate) {
    const bucket = ['root', 'tbf', 'rate', rate, 'burst', '128kb', 'latency', '50ms']
    for (const [namespace, device] of this.#ends())
      await run('tc', ['-n', namespace, 'qdisc', 'replace', 'dev', device, ...bucket])
  }

  async unlimit() {
    for (const [namespace, device] of this.#ends())
      await run('tc', ['-n', namespace, 'qdisc', 'del', 'dev', device, 'root'])
  }

  #ends() {
    return [
      [this.#host, 'eth0'],
      [this.#switch, this.#port],
    ]
  }
}

/** @param {import('./sandbox.mjs').Sandbox} sandbox @param {number} mtu of the switch and all cables */
export async function makeSwitch(sandbox, mtu) {
  const namespace = sandbox.namespace(SWITCH)
  await run('ip', ['netns', 'add', namespace])
  await run('ip', ['-n', namespace, 'link', 'add', 'br0', 'mtu', String(mtu), 'type', 'bridge'])
  await run('ip', ['-n', namespace, 'address', 'add', `${SWITCH_ADDRESS}/24`, 'dev', 'br0'])
  for (const device of ['lo', 'br0']) await run('ip', ['-n', namespace, 'link', 'set', device, 'up'])
}
