/** OpenSSH's server for tests of ways by ssh; scripts/lab/ makes it. */

export { whyNoLab } from '../../../../scripts/lab/sandbox.mjs'
export { type Sshd, startSshd } from '../../../../scripts/lab/sshd.mjs'
