export { type DoctorCheck, type DoctorFindings, examine } from './checks.js'
export { type Diagnosis, type DoctorOptions, diagnose } from './doctor.js'
export {
  examineBetween,
  examineHost,
  type HostChecks,
  type HostFindings,
  isSeen,
  type ProbeFindings,
  type SeenHost,
} from './host-checks.js'
export { type LookOptions, lookAtHosts } from './look-at-hosts.js'
