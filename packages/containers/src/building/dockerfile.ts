/** What a Dockerfile needs from outside its folder. */
export interface DockerfileFacts {
  /** images it starts from or copies from, as written (ARG defaults filled in), each once, in order; never `scratch` */
  readonly images: readonly string[]
  /** build arguments it declares */
  readonly args: readonly string[]
}

/**
 * Reads FROM, COPY --from and ARG of a Dockerfile in the subset that both of Docker's builders take. Names of stages and
 * their numbers are not images.
 *
 * @param stage the stage that is built: what comes after it is not read. Default: the last one
 */
export function readDockerfile(text: string, stage?: string): DockerfileFacts {
  const images: string[] = []
  const args: string[] = []
  const stages = new Set<string>()
  const defaults = new Map<string, string>()
  let stageCount = 0
  for (const line of logicalLines(text)) {
    const [instruction = '', ...words] = line.split(/\s+/)
    if (instruction.toUpperCase() === 'FROM' && stage !== undefined && stages.has(stage.toLowerCase())) break
    switch (instruction.toUpperCase()) {
      case 'ARG':
        for (const word of words) {
          const [name = '', value] = split(word)
          args.push(name)
          if (stageCount === 0 && value !== null) defaults.set(name, fill(unquote(value), defaults))
        }
        break
      case 'FROM': {
        const [image = '', as, name] = words.filter((word) => !word.startsWith('--'))
        const source = fill(image, defaults)
        if (!stages.has(source.toLowerCase()) && source !== 'scratch') images.push(source)
        stageCount++
        if (as?.toUpperCase() === 'AS' && name) stages.add(name.toLowerCase())
        break
      }
      case 'COPY': {
        const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
        // Only ARGs before the first FROM are known here, and the builder does not fill --from in anyway.
        if (from && !/^\d+$/.test(from) && !stages.has(from.toLowerCase())) images.push(from)
        break
      }
    }
  }
  return { images: [...new Set(images)], args: [...new Set(args)] }
}

/** Lines with their continuations joined, without comments and blank ones. */
function logicalLines(text: string): string[] {
  const lines: string[] = []
  let open = ''
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue // the builder also skips both inside a continued line
    if (line.endsWith('\\')) {
      open += `${line.slice(0, -1)} `
    } else {
      lines.push(`${open}${line}`.trim())
      open = ''
    }
  }
  if (open.trim() !== '') lines.push(open.trim())
  return lines
}

function split(word: string): [name: string, value: string | null] {
  const at = word.indexOf('=')
  return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)]
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2')
}

/** Fills in `$NAME`, `${NAME}` and `${NAME:-default}` from the ARGs before the first FROM. */
function fill(text: string, defaults: ReadonlyMap<string, string>): string {
  return unquote(text).replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (_all, braced?: string, otherwise?: string, bare?: string) => {
      return defaults.get((braced ?? bare) as string) ?? otherwise ?? ''
    },
  )
}
