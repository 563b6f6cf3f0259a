export { parseRegistry, type RegistryPlace } from './registry-name.js'
