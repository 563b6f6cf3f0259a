/** Parses where the image of a target comes from: its own folder, another one, or an image that is there. */
import { type ImageFrom, type TargetFile, type TargetSpec, targetFile } from '@bakeoff/model'
import { parse } from 'yaml'
import { didYouMean, type Problem } from './problem.js'
import type { Located } from './yaml.js'

/** A folder that target.yaml wants to have built. */
export interface WantedBuild {
  /** relative to the folder of target.yaml */
  readonly context: string
  /** relative to the context */
  readonly dockerfile: string
  /** the stage that is built; null: the last one */
  readonly stage: string | null
}

/** What there is where a folder is to be built: its absolute path, or why it cannot be. */
export type FoundBuild =
  | {
      readonly context: string
      /** null: there is no such file */
      readonly dockerfile: string | null
    }
  | { readonly why: string; readonly hint: string }

/** The texts of a target's folder, and a look at another one. */
export interface SourceTexts {
  /** absolute path of the target's folder */
  readonly folder: string
  /** the Dockerfile in it; null: there is none */
  readonly dockerfile: string | null
  /** looks at a folder that is to be built; absent: it cannot be looked at, and none is there */
  readonly lookAt?: (wanted: WantedBuild) => FoundBuild
}

/** What a target is made from, with the text of its Dockerfile, which is empty where nothing is built. */
export type Source = Pick<TargetSpec, 'image' | 'imageFrom' | 'dockerfile'>

const NOTHING: Source = { dockerfile: '' }
const HOW_TO_BUILD =
  'Add a Dockerfile to the folder, or name one elsewhere (`build: ../../services/orders`) or an image that is there (`image: orders:latest`): docs/adding-a-target.md.'

/** The source of a target's image, and what is wrong with it. */
export function sourceOf(
  texts: SourceTexts,
  located: Located<TargetFile>,
): { readonly source: Source; readonly problems: readonly Problem[] } {
  const { image, build, requires } = located.value
  if (image !== undefined && build !== undefined)
    return wrong(
      located.problem(['build'], 'the target is an image, and a folder to build too', {
        key: true,
        hint: 'Take `image` or `build` out.',
      }),
    )
  if (image !== undefined) {
    const source: Source = { image, imageFrom: { kind: 'as-it-is' }, dockerfile: '' }
    return { source, problems: imageProblems(texts, located, image, requires) }
  }
  if (build !== undefined) return builtElsewhere(texts, located, wantedBuild(build))
  if (texts.dockerfile !== null) return { source: { dockerfile: texts.dockerfile }, problems: [] }
  return wrong(located.problem([], 'there is no Dockerfile beside it', { hint: HOW_TO_BUILD }))
}

/** `build` in its long form. */
export function wantedBuild(build: NonNullable<TargetFile['build']>): WantedBuild {
  const { context, dockerfile, target } =
    typeof build === 'string' ? { context: build, dockerfile: undefined, target: undefined } : build
  return { context, dockerfile: dockerfile ?? 'Dockerfile', stage: target ?? null }
}

/** The folder that a target.yaml wants to have built, relative to its own; null: none, or it cannot be told. Checks nothing else. */
export function wantedContext(yaml: string): string | null {
  try {
    const build = targetFile.shape.build.safeParse((parse(yaml) as { build?: unknown } | null)?.build)
    return build.success && build.data !== undefined ? wantedBuild(build.data).context : null
  } catch {
    return null
  }
}

/** Names of the stages of a Dockerfile, in their order. */
export function stagesIn(dockerfile: string): string[] {
  return [...dockerfile.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*\S+[ \t]+AS[ \t]+(\S+)/gim)].map(
    ([, name = '']) => name,
  )
}

function wrong(...problems: readonly Problem[]): { source: Source; problems: readonly Problem[] } {
  return { source: NOTHING, problems }
}

function imageProblems(
  { dockerfile }: SourceTexts,
  { problem }: Located<TargetFile>,
  image: string,
  requires: TargetFile['requires'],
): Problem[] {
  return [
    ...(/^(?:[^/]+\/)?bakeoff\//.test(image)
      ? [
          problem(['image'], 'names below bakeoff/ are those of images that are built here, and that clean removes', {
            hint: 'Give it a name of its own: docker tag, such as orders-node:latest.',
          }),
        ]
      : []),
    ...(dockerfile === null ? [] : [problem(['image'], NOT_BUILT, { key: true, hint: TAKE_ONE_OUT })]),
    ...(requires === undefined
      ? []
      : [
          problem(['requires'], 'requires is what a build needs, and nothing is built where there is an image', {
            key: true,
            hint: 'Take it out.',
          }),
        ]),
  ]
}

const NOT_BUILT = 'there is a Dockerfile beside it, which would not be built'
const TAKE_ONE_OUT = 'Take this line out, or remove the Dockerfile.'

function builtElsewhere(
  texts: SourceTexts,
  { problem, value }: Located<TargetFile>,
  wanted: WantedBuild,
): { readonly source: Source; readonly problems: readonly Problem[] } {
  const member = (name: 'context' | 'dockerfile' | 'target') =>
    typeof value.build === 'object' && value.build[name] !== undefined ? ['build', name] : ['build']
  const found = texts.lookAt?.(wanted) ?? { why: `there is no folder ${wanted.context}`, hint: HOW_TO_BUILD }
  if ('why' in found) return wrong(problem(member('context'), found.why, { hint: found.hint }))
  const { context, dockerfile } = found
  if (dockerfile === null) {
    return wrong(
      problem(member('dockerfile'), `there is no ${wanted.dockerfile} in ${wanted.context}`, {
        hint: 'Name it as `build: { context: …, dockerfile: … }`: it lies in the context.',
      }),
    )
  }
  const { stage } = wanted
  const stages = stagesIn(dockerfile)
  const imageFrom: ImageFrom = { kind: 'build', context, dockerfile: wanted.dockerfile, stage }
  return {
    source: { imageFrom, dockerfile },
    problems: [
      ...(texts.dockerfile !== null && context !== texts.folder
        ? [problem(['build'], NOT_BUILT, { key: true, hint: TAKE_ONE_OUT })]
        : []),
      ...(stage === null || stages.some((name) => name.toLowerCase() === stage.toLowerCase())
        ? []
        : [
            problem(member('target'), `there is no stage "${stage}" in ${wanted.dockerfile}`, stageHint(stage, stages)),
          ]),
    ],
  }
}

function stageHint(stage: string, stages: readonly string[]): { readonly hint: string } {
  const meant = didYouMean(stage, stages)
  if (meant !== null) return { hint: `Did you mean "${meant}"?` }
  return { hint: stages.length === 0 ? 'Its stages have no names: FROM … AS name.' : `There are ${stages.join(', ')}.` }
}
