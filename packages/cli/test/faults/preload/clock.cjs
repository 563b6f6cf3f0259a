/**
 * Loaded before a program (node --require). Its wall clock is off by as many ms as the file BAKEOFF_FAULT_CLOCK says,
 * from the moment at which the file says so. The monotonic clock is left alone.
 */
const fs = require('node:fs')

const file = process.env.BAKEOFF_FAULT_CLOCK
const RealDate = Date
let offsetMs = 0
setInterval(() => {
  try {
    offsetMs = Number(fs.readFileSync(file, 'utf8'))
  } catch {
    // no step yet
  }
}, 20).unref()

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offsetMs)
    else super(...given)
  }
  static now() {
    return RealDate.now() + offsetMs
  }
}
