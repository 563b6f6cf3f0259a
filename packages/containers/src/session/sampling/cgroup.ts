/** Finds the folders of a process's counters. Pure. */

export type CgroupFolders =
  | { readonly version: '1'; readonly cpuacct: string; readonly cpu: string; readonly memory: string }
  | { readonly version: '2'; readonly folder: string }

/**
 * The folders of a process's cgroups.
 *
 * @param cgroup    /proc/<pid>/cgroup: lines of `id:controllers:path`
 * @param mountinfo /proc/self/mountinfo: which parts of which hierarchies this process sees, and where. A hierarchy may be mounted more
 *                  than once: a container that has the machine's besides its own sees its own part twice
 * @returns null when this process does not see them, as when it runs in a container itself
 */
export function cgroupFolders(cgroup: string, mountinfo: string): CgroupFolders | null {
  const mounts = cgroupMounts(mountinfo)
  const paths = new Map(
    cgroup
      .split('\n')
      .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
      .flatMap((match) =>
        match === null ? [] : (match[1] as string).split(',').map((name) => [name, match[2]] as const),
      ),
  )
  const folderOf = (controller: string): string | null => {
    const path = paths.get(controller)
    if (path === undefined) return null
    const found = mounts.filter(({ controllers }) => controllers.includes(controller))
    return found.map((mount) => below(mount, path)).find((folder) => folder !== null) ?? null
  }
  const [cpuacct, cpu, memory] = [folderOf('cpuacct'), folderOf('cpu'), folderOf('memory')]
  if (cpuacct !== null && cpu !== null && memory !== null) return { version: '1', cpuacct, cpu, memory }
  const folder = folderOf('')
  // In hybrid mode the unified hierarchy exists, but has no controllers.
  return folder === null || paths.has('memory') ? null : { version: '2', folder }
}

interface CgroupMount {
  /** '' is the unified hierarchy */
  readonly controllers: readonly string[]
  /** the part of the hierarchy that is mounted */
  readonly root: string
  readonly at: string
}

/** proc_pid_mountinfo(5): `36 35 0:31 /root /mount/point options - type source super,options`. */
function cgroupMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ')
    const [, , , root, at] = left.split(' ')
    const [type, , options = ''] = right.split(' ')
    if (root === undefined || at === undefined) return []
    if (type === 'cgroup') return [{ controllers: options.split(','), root, at }]
    return type === 'cgroup2' ? [{ controllers: [''], root, at }] : []
  })
}

function below({ root, at }: CgroupMount, path: string): string | null {
  if (root === '/') return at + path
  return path === root || path.startsWith(`${root}/`) ? at + path.slice(root.length) : null
}
