import type { NamedService, Repository } from '../../src/init/index.js'

/** A repository of which only what is given is there: texts by folder and file. */
export function repositoryOf(
  folders: Readonly<Record<string, Readonly<Record<string, string>>>>,
  named: readonly NamedService[] = [],
): Repository {
  return {
    name: 'shop',
    folders: Object.entries(folders).map(([path, files]) => ({ path, files: new Map(Object.entries(files)) })),
    named,
  }
}

/** A service in each language, as people begin one. */
export const IN_EACH_LANGUAGE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  go: {
    'go.mod': 'module example.com/shop/orders/v2\n\ngo 1.24\n\nrequire github.com/go-chi/chi/v5 v5.2.1\n',
    'main.go': 'r.Get("/healthz", healthy)\nhttp.ListenAndServe(":"+os.Getenv("PORT"), r)\n',
  },
  rust: {
    'Cargo.toml':
      '[package]\nname = "orders_api"\nversion = "0.1.0"\n\n[dependencies]\naxum = "0.8"\ntokio = { version = "1", features = ["full"] }\n',
    'src/main.rs': 'let listener = TcpListener::bind("0.0.0.0:3000").await?;',
  },
  elixir: {
    'mix.exs': 'def project, do: [app: :orders, deps: [{:bandit, "~> 1.6"}]]',
    'lib/orders.ex': 'get "/health", do: send_resp(conn, 200, "ok")\n{Bandit, plug: Orders, port: 4000}',
  },
  java: {
    'pom.xml':
      '<project><parent><artifactId>spring-boot-starter-parent</artifactId></parent><artifactId>orders</artifactId><dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>',
    'src/main/resources/application.properties': 'server.port=9090\n',
  },
  python: {
    'pyproject.toml': '[project]\nname = "orders"\ndependencies = ["fastapi[standard]>=0.115", "redis"]\n',
    'orders/api.py': 'application = FastAPI()\n\n@application.get("/health")\n',
  },
  node: {
    'package.json':
      '{"name":"@shop/orders","scripts":{"start":"node src/server.js"},"dependencies":{"fastify":"5.2.0","ioredis":"5"}}',
    'src/server.js': "app.get('/ping', healthy)\nnew Redis({ port: 6379 })\nawait app.listen({ port: 3000 })",
  },
}
