package orders;

import io.helidon.webserver.WebServer;
import java.net.URI;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Serves orders with Helidon, each connection on a virtual thread, until a TERM comes. */
final class Main {
    /** How long requests in flight may take after a TERM before their connections are cut. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    public static void main(String[] arguments) {
        var env = System.getenv();
        var store = new OrderStore(URI.create(env.getOrDefault("REDIS_URL", "redis://127.0.0.1:6379")));
        Logger.getLogger("").setLevel(Level.WARNING);
        var server = WebServer.builder()
                .host("0.0.0.0")
                .port(Integer.parseInt(env.getOrDefault("PORT", "8080")))
                .shutdownHook(false) // its own one ends with 143, as if the TERM had not been understood
                .shutdownGracePeriod(DRAIN)
                .routing(new Service(store).routes())
                .build()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop();
            store.close();
            Runtime.getRuntime().halt(0);
        }));
    }
}
