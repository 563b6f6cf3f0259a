/**
 * A process that takes a sandbox down when its owner ends without doing so, by SIGKILL too: then the pipe between the two closes without
 * the word that dismisses it.
 */
import { takeDown } from './take-down.mjs'

const ATTEMPTS = 5
const [name] = process.argv.slice(2)
let heard = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text) => {
  heard += text
})
process.stdin.on('end', () => (heard.includes('goodbye') ? process.exit(0) : tryToTakeDown(ATTEMPTS)))
process.stdout.write('watching\n')

async function tryToTakeDown(attempts) {
  try {
    await takeDown(name)
  } catch (error) {
    if (attempts > 1) await tryToTakeDown(attempts - 1)
    else throw error // the next start sweeps
  }
}
