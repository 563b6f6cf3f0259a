import { DRAFT, type Draft } from './found.js'
import type { Language } from './manifests.js'
import { commentText } from './yaml-text.js'

/** What a Dockerfile is drafted of, and where its service listens. */
export interface DockerfileFacts extends Draft {
  readonly stack: readonly string[]
  readonly port: number
}

/**
 * A Dockerfile for a service that has none, on the toolchains that the program brings along, so that every target stands on the same base. Its context is the service's
 * folder. What is a guess says so in a comment.
 */
export function dockerfileFor(facts: DockerfileFacts): string {
  return `${HEAD}\n${TEXTS[facts.language](facts)}`
}

const HEAD = `# A first draft by bakeoff init: what was guessed says so. It is yours now, and is not written over.
# Its context is this folder, without what the .dockerignore of its name leaves out. No heredocs, and of mounts only RUN --mount=type=cache.`

/** What a build of a language makes itself, in the folder of the service. */
const MADE: Readonly<Record<Language, readonly string[]>> = {
  node: ['**/node_modules'],
  python: ['.venv', 'venv', '**/__pycache__'],
  go: [],
  rust: ['target'],
  elixir: ['_build', 'deps'],
  java: ['target', 'build', '.gradle'],
}

/** The text of the .dockerignore beside a draft. Reports in the context would make it be built anew after every run. */
export function dockerignoreFor(language: Language): string {
  const comment = `# For ${DRAFT} alone: what a build makes itself, and what changes without the service.`
  return [comment, '.git', 'bakeoff', ...MADE[language], ''].join('\n')
}

/** Ends every Dockerfile: the run sets PORT and CORES, and no target runs as root. */
const tail = (port: number) => `ENV PORT=${port} CORES=1
EXPOSE ${port}
USER 10001:10001`

const TEXTS: Readonly<Record<Language, (facts: DockerfileFacts) => string>> = {
  node: ({ start, port }) => `FROM bakeoff/toolchains/node AS build
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
# A guess: npm installs. For another one write its command.
COPY package.json package-lock.json* ./
RUN --mount=type=cache,target=/root/.npm \\
    if [ -f package-lock.json ]; then npm ci --no-audit --no-fund; else npm install --no-audit --no-fund; fi
COPY . .
RUN npm run build --if-present && npm prune --omit=dev --no-audit --no-fund

FROM bakeoff/runtimes/node
COPY --from=build /app /app
WORKDIR /app
ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH
${tail(port)}
# ${start === null ? 'A guess: package.json has neither a script "start" nor "main".' : `From package.json: ${commentText(start)}`}
# npm is not there at run time, and would not pass TERM on. One process uses one core.
CMD ${exec(start ?? 'node index.js')}
`,
  python: (facts) => `FROM bakeoff/toolchains/python AS build
ARG PIP_INDEX_URL
WORKDIR /app
COPY . .
${
  facts.manifest === 'requirements.txt'
    ? ''
    : '# requirements.txt where there is one, else what pyproject.toml says: the project is installed with its dependencies.\n'
}RUN --mount=type=cache,target=/root/.cache/pip \\
    python3 -m venv --without-pip /opt/venv \\
 && if [ -f requirements.txt ]; then pip --python /opt/venv install -r requirements.txt; else pip --python /opt/venv install .; fi \\
 && python3 -m compileall -q .

FROM bakeoff/runtimes/python
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
${tail(facts.port)}
# ${facts.application === null ? 'A guess: it is main.py, or `app` in it.' : `The application was found as ${facts.application}.`} $CORES is the cap: a worker for each core.
CMD ["sh", "-c", "${pythonCommand(facts)}"]
`,
  go: ({ port }) => `FROM bakeoff/toolchains/go AS build
ARG GOPROXY
ARG GOSUMDB
WORKDIR /src
COPY . .
# A guess: the program is the package in this folder. For another one write ./cmd/NAME in place of the last dot.
RUN --mount=type=cache,target=/root/go/pkg/mod \\
    CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/server .

FROM bakeoff/base
COPY --from=build /out/server /usr/local/bin/server
${tail(port)}
ENTRYPOINT ["/usr/local/bin/server"]
`,
  rust: ({ named, port }) => {
    const crate = /^[\w-]+$/.test(named ?? '') ? (named as string) : 'server'
    return `FROM bakeoff/toolchains/rust AS build
WORKDIR /src
COPY . .
# A guess: the program has the name of the crate.
RUN --mount=type=cache,target=/root/.cargo/registry \\
    cargo build --release \\
 && install -D target/release/${crate} /out/server

FROM bakeoff/base
COPY --from=build /out/server /usr/local/bin/server
${tail(port)}
ENTRYPOINT ["/usr/local/bin/server"]
`
  },
  elixir: ({ named, port }) => `FROM bakeoff/toolchains/elixir AS build
# Mirrors of hex, where it is not reached itself.
ARG HEX_MIRROR
ARG HEX_CDN
ARG HEX_UNSAFE_REGISTRY
ARG HEX_NO_VERIFY_REPO_ORIGIN
# hex and rebar3 as Debian has them: mix would fetch its own from one more host. mix asks for git, too.
RUN apt-get update \\
 && apt-get install -y --no-install-recommends erlang-dev erlang-hex git rebar3 \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
ENV MIX_ENV=prod MIX_REBAR3=/usr/bin/rebar3 HEX_CACERTS_PATH=/etc/ssl/certs/ca-certificates.crt LANG=C.UTF-8
WORKDIR /src
COPY . .
RUN mix deps.get --only prod \\
 && mix release --path /app

FROM bakeoff/base
COPY --from=build /app /app
ENV LANG=C.UTF-8 RELEASE_DISTRIBUTION=none
${tail(port)}
# A guess: the release has the name of the application. Phoenix serves only with PHX_SERVER=true, and wants a SECRET_KEY_BASE (env in target.yaml).
ENTRYPOINT ["/app/bin/${/^\w+$/.test(named ?? '') ? named : 'app'}"]
CMD ["start"]
`,
  java: ({ manifest, port }) => `FROM bakeoff/toolchains/java AS build
${manifest === 'pom.xml' ? MAVEN : GRADLE}

FROM bakeoff/base
# Debian's whole runtime: bakeoff/runtimes/java has only the modules that the shipped services use.
RUN apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openjdk-25-jre-headless \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
COPY --from=build /out/server.jar /app/server.jar
${tail(port)}
# Spring reads SERVER_PORT, other frameworks have names of their own: \`env\` in target.yaml.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-jar", "/app/server.jar"]
`,
}

/** The one jar of a folder that runs by itself: not those of sources, of documentation and without dependencies. */
const jarIn = (folder: string) =>
  `mkdir /out && cp "$(ls ${folder}/*.jar | grep -v -e '-sources' -e '-javadoc' -e '-plain' -e original- | head -n 1)" /out/server.jar`

const MAVEN = `ARG MAVEN_MIRROR_URL
WORKDIR /src
COPY . .
# A guess: Maven makes one jar that runs by itself.
RUN --mount=type=cache,target=/root/.m2 \\
    mvn --batch-mode --quiet \${MAVEN_MIRROR_URL:+--settings /etc/maven/mirror.xml} -DskipTests package \\
 && ${jarIn('target')}`

const GRADLE = `WORKDIR /src
COPY . .
# A guess: the wrapper is there, and makes one jar that runs by itself.
RUN --mount=type=cache,target=/root/.gradle \\
    sh ./gradlew --no-daemon assemble \\
 && ${jarIn('build/libs')}`

const ASGI = ['FastAPI', 'Starlette', 'Litestar']

/** What serves a Python application: what it depends on, else the development server of its framework, which lints will say. */
function pythonCommand({ stack, application }: DockerfileFacts): string {
  const app = application ?? 'main:app'
  const isAsynchronous = ASGI.some((name) => stack.includes(name))
  if (stack.includes('Granian'))
    return `exec granian --interface ${isAsynchronous ? 'asgi' : 'wsgi'} --host 0.0.0.0 --port $PORT --workers $CORES ${app}`
  if (isAsynchronous) return `exec uvicorn ${app} --host 0.0.0.0 --port $PORT --workers $CORES`
  if (stack.includes('gunicorn')) return `exec gunicorn ${app} --bind 0.0.0.0:$PORT --workers $CORES`
  if (stack.includes('Django')) return 'exec python manage.py runserver --noreload 0.0.0.0:$PORT'
  if (stack.includes('Flask')) return `exec flask --app ${app} run --host 0.0.0.0 --port $PORT`
  return 'exec python main.py'
}

/** A command of package.json in the exec form; one that needs a shell gets it. */
function exec(command: string): string {
  const words = /[&|;<>$`"'\\*?(){}=\n]/.test(command) ? ['sh', '-c', command] : command.trim().split(/\s+/)
  return JSON.stringify(words).replaceAll(',"', ', "')
}
