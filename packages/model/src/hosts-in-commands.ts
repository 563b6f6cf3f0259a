/** The file of hosts where none is named. */
export const HOSTS_FILE = 'hosts.yaml'

/** Commands that take `--hosts`. Those that go on with a run, or repeat one, have its file. */
const OF_MACHINES = /\bnpm run (?:matrix|plan|check|doctor)(?![\w-]| -- --(?:hosts|resume|replay)\b)(?: --(?= ))?/g
/** The commands for the machines themselves, which look for `hosts.yaml` by themselves. */
const FOR_MACHINES = /\bnpm run hosts -- (?:check|prepare|leave)\b(?! --hosts\b)/g

/**
 * The text with the file of hosts in each of our commands that would else be about this machine, such as `npm run matrix -- --hosts hosts.yaml
 * --repetitions 5`.
 *
 * @param file as the user named it; null or absent: there is one machine, and the text stays as it is
 */
export function withHosts(text: string, file: string | null | undefined): string {
  if (file == null) return text
  const named = `--hosts ${/^[\w./~@%+=:,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`}`
  const whole = text.replace(OF_MACHINES, (command) => `${command}${command.endsWith(' --') ? '' : ' --'} ${named}`)
  return file === HOSTS_FILE ? whole : whole.replace(FOR_MACHINES, (command) => `${command} ${named}`)
}
