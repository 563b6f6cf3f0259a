/** Plain autocannon as its README has it, in a process of its own: URL, connections, seconds → right answers a second, and their cost. */
import autocannon from 'autocannon'

const [url, connections, seconds] = process.argv.slice(2)
const run = (duration) => autocannon({ url, connections: Number(connections), duration })
// Warm, as the agent is: in its first second it reaches half of what it can.
await run(2)
const before = process.cpuUsage()
const result = await run(Number(seconds))
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ perSecond: result['2xx'] / result.duration, cpuUs: (user + system) / result['2xx'] }))
