/**
 * Loaded before a program (node --require). Stops it for a moment in the middle of writing a file, so that a signal from
 * outside meets it just there. BAKEOFF_FAULT_AT is a JSON list, each of which happens once:
 *   path    part of the path of the file
 *   step    before-write | half-written | before-rename | after-rename
 *   marker  a file that is made when the program has come there
 *   holdMs  how long it is held
 */
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const orders = JSON.parse(process.env.BAKEOFF_FAULT_AT)
const { openSync, writeSync, closeSync, renameSync, writeFileSync } = fs
const { writeFile, rename } = fs.promises
const paths = new Map()

function holdAt(step, path, prepare = () => {}) {
  const found = orders.find((order) => order.step === step && String(path).includes(order.path))
  if (found === undefined) return
  orders.splice(orders.indexOf(found), 1)
  prepare()
  closeSync(openSync(found.marker, 'w'))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, found.holdMs)
}

function holdAtWrite(path, data) {
  holdAt('before-write', path)
  holdAt('half-written', path, () => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const file = openSync(path, 'w')
    writeSync(file, bytes, 0, bytes.length >> 1)
    closeSync(file)
  })
}

fs.openSync = (path, ...rest) => {
  const file = openSync(path, ...rest)
  paths.set(file, path)
  return file
}
fs.writeSync = (file, data, ...rest) => {
  holdAtWrite(paths.get(file), data)
  return writeSync(file, data, ...rest)
}
fs.writeFileSync = (path, data, ...rest) => {
  holdAtWrite(typeof path === 'number' ? paths.get(path) : path, data)
  return writeFileSync(path, data, ...rest)
}
fs.renameSync = (from, to) => {
  holdAt('before-rename', to)
  renameSync(from, to)
  holdAt('after-rename', to)
}
fs.promises.writeFile = async (path, data, ...rest) => {
  holdAtWrite(path, data)
  return writeFile(path, data, ...rest)
}
fs.promises.rename = async (from, to) => {
  holdAt('before-rename', to)
  await rename(from, to)
  holdAt('after-rename', to)
}
syncBuiltinESMExports()
