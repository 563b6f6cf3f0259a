import type { FoundService } from './found.js'
import type { Language } from './manifests.js'

/**
 * A Dockerfile for a service that has none, on the toolchains that the program brings along, so that every target stands on the same base. Its context is the service's
 * folder. What is a guess says so in a comment.
 */
export function dockerfileFor(service: FoundService): string {
  return `${HEAD}\n${TEXTS[service.language](service)}`
}

const HEAD = `# A first draft by bakeoff init: what was guessed says so. The context is the folder of the service (build in target.yaml).`

/** Ends every Dockerfile: the run sets PORT and CORES, and no target runs as root. */
const TAIL = `ENV PORT=8080 CORES=1
EXPOSE 8080
USER 10001:10001`

const TEXTS: Readonly<Record<Language, (service: FoundService) => string>> = {
  node: ({ start }) => `FROM bakeoff/toolchains/node AS build
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY package.json package-lock.json* ./
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier
COPY . .

FROM bakeoff/runtimes/node
COPY --from=build /app /app
WORKDIR /app
${TAIL}
ENV NODE_ENV=production
# ${start === null ? 'A guess: package.json has no script "start".' : `From package.json: ${start}`}
CMD ${JSON.stringify(words(start ?? 'node index.js'))}
`,
  python: ({ stack }) => `FROM bakeoff/toolchains/python AS build
ARG PIP_INDEX_URL
WORKDIR /app
COPY . .
# requirements.txt where there is one, else the project itself.
RUN python3 -m venv --without-pip /opt/venv \\
 && if [ -f requirements.txt ]; then pip --python /opt/venv install -r requirements.txt; else pip --python /opt/venv install .; fi \\
 && python3 -m compileall -q .

FROM bakeoff/runtimes/python
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
${TAIL}
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
# A guess: the application is \`app\` in main.py. A worker for each core; the run says how many there are.
CMD ["sh", "-c", "${pythonCommand(stack)}"]
`,
  go: () => `FROM bakeoff/toolchains/go AS build
ARG GOPROXY
ARG GOSUMDB
WORKDIR /src
COPY . .
# A guess: the program is the package in this folder; for another one write ./cmd/NAME in place of the dot.
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/server .

FROM bakeoff/base
COPY --from=build /out/server /usr/local/bin/server
${TAIL}
ENTRYPOINT ["/usr/local/bin/server"]
`,
  rust: ({ name }) => `FROM bakeoff/toolchains/rust AS build
WORKDIR /src
COPY . .
# A guess: the binary has the name of the crate.
RUN cargo build --release \\
 && { install -D target/release/${name} /out/server || install -D "target/release/${name.replaceAll('-', '_')}" /out/server; }

FROM bakeoff/base
COPY --from=build /out/server /usr/local/bin/server
${TAIL}
ENTRYPOINT ["/usr/local/bin/server"]
`,
  elixir: ({ name }) => `FROM bakeoff/toolchains/elixir AS build
ARG HEX_MIRROR
ENV MIX_ENV=prod LANG=C.UTF-8
WORKDIR /src
COPY . .
RUN mix local.hex --force && mix local.rebar --force && mix deps.get --only prod \\
 && mix release --path /app

FROM bakeoff/base
COPY --from=build /app /app
${TAIL}
ENV LANG=C.UTF-8
# A guess: the release has the name of the application.
ENTRYPOINT ["/app/bin/${name.replaceAll('-', '_')}"]
CMD ["start"]
`,
  java: () => `FROM bakeoff/toolchains/java AS build
ARG MAVEN_MIRROR_URL
WORKDIR /src
COPY . .
# A guess: Maven makes one jar that runs by itself.
RUN mvn --batch-mode --quiet -DskipTests package \\
 && mkdir /out && cp "$(ls target/*.jar | grep -v -- '-sources\\|-javadoc\\|original' | head -n 1)" /out/server.jar

FROM bakeoff/runtimes/java
COPY --from=build /out/server.jar /app/server.jar
${TAIL}
ENTRYPOINT ["java", "-jar", "/app/server.jar"]
`,
}

function pythonCommand(stack: readonly string[]): string {
  const asynchronous = ['FastAPI', 'Starlette', 'Litestar'].some((name) => stack.includes(name))
  return asynchronous
    ? 'exec uvicorn main:app --host 0.0.0.0 --port $PORT --workers $CORES'
    : stack.includes('gunicorn')
      ? 'exec gunicorn main:app --bind 0.0.0.0:$PORT --workers $CORES'
      : 'exec python main.py'
}

/** A command of package.json as the words of an exec form; one that needs a shell gets it. */
function words(command: string): string[] {
  return /[&|;<>$`"'\\*?]/.test(command) ? ['sh', '-c', command] : command.trim().split(/\s+/)
}
