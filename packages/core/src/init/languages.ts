/** What is written where nothing tells the language. */
export const UNKNOWN_LANGUAGE = 'unknown'

/** Words of names of images, by the language of what such an image is for. */
const WORDS: Readonly<Record<string, string>> = {
  golang: 'go',
  go: 'go',
  rust: 'rust',
  node: 'node',
  bun: 'node',
  deno: 'node',
  fastify: 'node',
  express: 'node',
  python: 'python',
  fastapi: 'python',
  elixir: 'elixir',
  java: 'java',
  maven: 'java',
  gradle: 'java',
  temurin: 'java',
  corretto: 'java',
  openjdk: 'java',
  jre: 'java',
  jdk: 'java',
  dotnet: 'csharp',
  aspnet: 'csharp',
  php: 'php',
  ruby: 'ruby',
  swift: 'swift',
  haskell: 'haskell',
}

/** The language that the name of an image has in it. */
export function languageOfImage(image: string): string {
  const words = image.toLowerCase().split(/[^a-z]+/)
  return words.flatMap((word) => (Object.hasOwn(WORDS, word) ? (WORDS[word] as string) : []))[0] ?? UNKNOWN_LANGUAGE
}

/** The language that a Dockerfile builds with, by the images that it stands on. */
export function languageOfDockerfile(dockerfile: string): string {
  return (
    basesOf(dockerfile)
      .map(languageOfImage)
      .find((language) => language !== UNKNOWN_LANGUAGE) ?? UNKNOWN_LANGUAGE
  )
}

/** The images that the stages of a Dockerfile stand on, in their order. */
export function basesOf(dockerfile: string): string[] {
  return [...dockerfile.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)/gim)].map(([, image = '']) => image)
}
