/** A process that owns a lab of one host, says its name, and waits to be killed. */
import { Lab } from '../../../../scripts/lab/lab.mjs'

const lab = await Lab.up({ hosts: 1 })
process.stdout.write(`${lab.name}\n`)
setInterval(() => undefined, 1_000)
