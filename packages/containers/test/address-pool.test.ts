import { expect, it } from 'vitest'
import { AddressPool } from '../src/session/address-pool.js'

it.each([
  { subnet: '198.18.5.0/24', first: '198.18.5.100', last: '198.18.5.254', count: 155 },
  { subnet: '10.0.254.0/23', first: '10.0.254.100', last: '10.0.255.254', count: 411 },
  { subnet: '10.0.1.16/28', first: '10.0.1.24', last: '10.0.1.30', count: 7 },
])('gives out each address of $subnet once, from $first to $last', ({ subnet, first, last, count }) => {
  const pool = new AddressPool(subnet)
  const taken: string[] = []
  for (let address = pool.take(); address !== undefined; address = pool.take()) taken.push(address)
  expect([taken[0], taken.at(-1), new Set(taken).size]).toEqual([first, last, count])
})
