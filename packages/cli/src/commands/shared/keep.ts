import { Option } from 'commander'

/** @param of what the last one's containers stay: `repetition`, `check` */
export function keepOption(of: string): Option {
  return new Option('--keep', `leave the containers of the last ${of} running`)
}
