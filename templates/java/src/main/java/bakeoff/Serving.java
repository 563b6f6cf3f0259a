// Copied from templates/java/src/main/java/bakeoff/Serving.java: change it there, then run node scripts/copy-templates.mjs.
package bakeoff;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import tools.jackson.databind.json.JsonMapper;

/** Serves until a TERM comes. */
final class Serving {
    /** How long requests in flight may take after a TERM before their connections are cut. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    private static final Header JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Serving() {}

    /** Returns as soon as the port is open; the server's own thread keeps the process alive. */
    static void start(Settings settings, HttpRouting.Builder routes) {
        settings.cores(); // the JVM was started with it, unless it is wrong
        Logger.getLogger("").setLevel(Level.WARNING); // that it has started is seen at the port
        var server = WebServer.builder()
                .host("0.0.0.0")
                .port(settings.port())
                .shutdownHook(false) // its own one ends with 143, as if the TERM had not been understood
                .shutdownGracePeriod(DRAIN)
                .routing(routes)
                .build()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop();
            Runtime.getRuntime().halt(0);
        }));
    }

    static void answer(ServerResponse response, Status status, Object body) {
        response.status(status).header(JSON).send(MAPPER.writeValueAsBytes(body));
    }
}
