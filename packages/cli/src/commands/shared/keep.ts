import { Option } from 'commander'

/** @param of the thing whose last containers stay: `repetition`, `check` */
export function keepOption(of: string): Option {
  return new Option('--keep', `leave the containers of the last ${of} running`)
}
