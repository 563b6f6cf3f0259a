/**
 * A Dockerfile for the classic builder, which knows no mounts: without `--mount=type=cache,…` after RUN. A cache is only a matter of
 * speed: what it would have kept is downloaded again. A mount of any other type stays, and the builder says what it thinks of it.
 */
export function withoutCacheMounts(dockerfile: string): string {
  return dockerfile.replace(RUN_WITH_FLAGS, (_all, run: string, flags: string) => {
    return run + flags.replace(CACHE_MOUNT, '')
  })
}

/** White space, over the end of a line that is continued. */
const GAP = String.raw`(?:[ \t]|\\\r?\n)+`
const RUN_WITH_FLAGS = new RegExp(String.raw`^([ \t]*RUN${GAP})((?:--\S+${GAP})+)`, 'gim')
const CACHE_MOUNT = new RegExp(String.raw`--mount=(?:\S*,)?type=cache(?:,\S*)?${GAP}`, 'gi')
