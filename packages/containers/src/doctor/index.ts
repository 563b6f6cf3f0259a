export { type DoctorCheck, type DoctorFindings, examine } from './checks.js'
export { type Diagnosis, type DoctorOptions, diagnose } from './doctor.js'
