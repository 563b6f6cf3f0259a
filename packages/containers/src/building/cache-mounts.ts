/**
 * The text of a Dockerfile without `--mount=type=cache,…` after RUN, for the classic builder, which knows no mounts. A cache only saves
 * time: what it would have kept is downloaded again. A mount of any other type stays, and the builder reports it as an error.
 */
export function withoutCacheMounts(dockerfile: string): string {
  return dockerfile.replace(RUN_WITH_FLAGS, (_all, run: string, flags: string) => {
    return run + flags.replace(CACHE_MOUNT, '')
  })
}

/** White space, including the end of a continued line. */
const GAP = String.raw`(?:[ \t]|\\\r?\n)+`
const RUN_WITH_FLAGS = new RegExp(String.raw`^([ \t]*RUN${GAP})((?:--\S+${GAP})+)`, 'gim')
const CACHE_MOUNT = new RegExp(String.raw`--mount=(?:\S*,)?type=cache(?:,\S*)?${GAP}`, 'gi')
