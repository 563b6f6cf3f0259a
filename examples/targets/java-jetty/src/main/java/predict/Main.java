package predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Answers the predict scenario with Jetty, until a TERM comes. */
final class Main {
    /** Threads beside the selectors: the acceptor, and those that run what may block. Nothing here does. */
    private static final int OTHER_THREADS = 8;

    public static void main(String[] arguments) throws Exception {
        var port = setting("PORT", 8080);
        var cores = setting("CORES", Runtime.getRuntime().availableProcessors());

        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        var threads = new QueuedThreadPool(cores + OTHER_THREADS);
        threads.setReservedThreads(0);
        var server = new Server(threads);
        // One acceptor, and a selector for each core.
        var connector = new ServerConnector(server, 1, cores, new HttpConnectionFactory(http));
        connector.setPort(port);
        server.addConnector(connector);
        server.setHandler(new Answers(cores));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.stop();
            } catch (Exception error) {
                error.printStackTrace();
            }
            Runtime.getRuntime().halt(0); // a TERM is how it ends, so that is no failure
        }));
        server.start();
    }

    /** The positive whole number that a variable says, the fallback where it says nothing. */
    private static int setting(String name, int fallback) {
        var text = System.getenv(name);
        if (text == null || text.isEmpty()) return fallback;
        try {
            var number = Integer.parseInt(text);
            if (number > 0) return number;
        } catch (NumberFormatException _) {
            // said below, with the variable's name
        }
        System.err.println("java-jetty: " + name + " is \"" + text + "\", want a whole number of at least 1");
        System.exit(1);
        throw new AssertionError();
    }

    /** The texts that are answered. Nothing blocks, so Jetty may ask on the thread that read the request. */
    private static final class Answers extends Handler.Abstract.NonBlocking {
        private final Map<String, Answer> byPath;

        Answers(int cores) {
            byPath = Map.of(
                    "/predict", Answer.of("text/plain", "Prediction: Iris-Setosa"),
                    "/health", Answer.of("text/plain", ""),
                    "/info", Answer.of("application/json", describe(cores)));
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            var answer = byPath.get(Request.getPathInContext(request));
            if (answer == null) return false; // Jetty answers 404
            if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
                response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
                Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
                return true;
            }
            response.getHeaders().put(answer.type);
            response.write(true, answer.body.slice(), callback);
            return true;
        }
    }

    private record Answer(HttpField type, ByteBuffer body) {
        static Answer of(String type, String body) {
            return new Answer(
                    new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, type), ByteBuffer.wrap(body.getBytes(UTF_8)).asReadOnlyBuffer());
        }
    }

    /** What GET /info answers: what this process knows of itself. */
    private static String describe(int cores) {
        var runtime = Runtime.getRuntime();
        var architecture = System.getProperty("os.arch");
        return """
                {"language":"java","languageVersion":"%s","architecture":"%s","server":"Jetty","framework":null,\
                "versions":{"jetty":"%s"},"cpus":%d,"workers":1,"threads":{"selectors":%d},"pools":{},\
                "developmentServer":false,"debugBuild":false,"heapLimitBytes":%d,"flags":{"vm":"%s"}}"""
                .formatted(
                        Runtime.version().feature() + "." + Runtime.version().interim() + "." + Runtime.version().update(),
                        architecture.equals("amd64") ? "x86_64" : architecture,
                        Server.getVersion(),
                        runtime.availableProcessors(),
                        cores,
                        runtime.maxMemory(),
                        System.getProperty("java.vm.name"));
    }
}
