/**
 * Loaded before a program (node --require). Stops it for a moment in the middle of writing one file, so that a signal
 * from outside meets it just there. BAKEOFF_FAULT_AT is JSON:
 *   path    part of the path of the file
 *   step    before-write | half-written | before-rename | after-rename
 *   marker  a file that is made when the program has come there
 *   holdMs  how long it is held
 */
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const order = JSON.parse(process.env.BAKEOFF_FAULT_AT)
const { openSync, writeSync, closeSync, renameSync, writeFileSync } = fs
const original = { ...fs.promises }
const paths = new Map()
let done = false

const isIt = (path) => !done && typeof path === 'string' && path.includes(order.path)
const textOf = (data) => (typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer ?? data))

function hold() {
  done = true
  closeSync(openSync(order.marker, 'w'))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, order.holdMs)
}

function beforeWrite(path, data) {
  if (!isIt(path)) return
  if (order.step === 'before-write') hold()
  else if (order.step === 'half-written') {
    const bytes = textOf(data)
    const file = openSync(path, 'w')
    writeSync(file, bytes, 0, bytes.length >> 1)
    closeSync(file)
    hold()
  }
}

fs.writeFileSync = (path, data, ...rest) => {
  beforeWrite(typeof path === 'number' ? paths.get(path) : path, data)
  return writeFileSync(path, data, ...rest)
}
fs.openSync = (path, ...rest) => {
  const file = openSync(path, ...rest)
  paths.set(file, String(path))
  return file
}
fs.writeSync = (file, data, ...rest) => {
  beforeWrite(paths.get(file), data)
  return writeSync(file, data, ...rest)
}
fs.renameSync = (from, to) => {
  if (isIt(to) && order.step === 'before-rename') hold()
  renameSync(from, to)
  if (isIt(to) && order.step === 'after-rename') hold()
}
fs.promises.writeFile = async (path, data, ...rest) => {
  beforeWrite(path, data)
  return original.writeFile(path, data, ...rest)
}
fs.promises.rename = async (from, to) => {
  if (isIt(to) && order.step === 'before-rename') hold()
  await original.rename(from, to)
  if (isIt(to) && order.step === 'after-rename') hold()
}
syncBuiltinESMExports()
