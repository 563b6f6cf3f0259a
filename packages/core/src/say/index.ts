export { decide } from './decision.js'
