import { Option } from 'commander'

export interface HostsFlags {
  readonly hosts?: string
}

/** Of commands that plan or measure. */
export const hostsOption = new Option(
  '--hosts <file>',
  'measure on the machines that this file names, e.g. hosts.yaml: docs/several-machines.md',
)
