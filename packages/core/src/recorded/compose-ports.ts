import { mapOf } from './schema-values.js'

/** The ports inside of containers: 3000 of `3000`, `"8080:3000"`, `"127.0.0.1:8080:3000/tcp"` and `{ target: 3000 }`. */
export function portsIn(ports: unknown): number[] {
  if (!Array.isArray(ports)) return []
  return ports
    .map((one) => {
      const inside = typeof one === 'object' ? mapOf(one).target : one
      return Number(/(\d+)(?:\/\w+)?$/.exec(String(inside))?.[1])
    })
    .filter(isPort)
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536
}
