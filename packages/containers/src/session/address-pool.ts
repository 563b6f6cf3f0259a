/** The first address that is given out, counted from the beginning of the subnet. Swarm gives out the lower ones by itself, some of them to its own ends. */
const FIRST = 100

/**
 * Fixed addresses of an overlay's containers. One that Swarm gives is another one after a restart, and others have it in their /etc/hosts. None is
 * given twice, since Swarm hears of the end of a container with a delay.
 */
export class AddressPool {
  #next: number
  readonly #end: number

  /** @param subnet of IPv4: `198.18.5.0/24` */
  constructor(subnet: string) {
    const [address = '', bits = ''] = subnet.split('/')
    const base = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    const size = 2 ** (32 - Number(bits))
    this.#next = base + Math.min(FIRST, Math.floor(size / 2))
    this.#end = base + size - 1 // the last one is for broadcasts
  }

  /** The next address; undefined when there is none any more. */
  take(): string | undefined {
    if (this.#next >= this.#end) return undefined
    const address = this.#next++
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
  }
}
