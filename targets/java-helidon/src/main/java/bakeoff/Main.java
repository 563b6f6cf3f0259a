package bakeoff;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;

/** Answers the predict scenario with Helidon's server, each connection on a virtual thread of its own. */
final class Main {
    private static final byte[] PREDICTION = "Prediction: Iris-Setosa".getBytes(US_ASCII);
    private static final Header TEXT = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");

    public static void main(String[] arguments) {
        try {
            Serving.start(new Settings(System.getenv()), routes());
        } catch (Settings.BadSetting bad) {
            System.err.println("java-helidon: " + bad.getMessage());
            System.exit(1);
        }
    }

    private static HttpRouting.Builder routes() {
        return HttpRouting.builder()
                .get("/predict", Main::predict)
                .get("/health", (_, response) -> response.send())
                .get("/info", (_, response) -> Serving.answer(response, Status.OK_200, Info.describe(Map.of(), Map.of(), Map.of())));
    }

    private static void predict(ServerRequest request, ServerResponse response) {
        response.header(TEXT).send(PREDICTION);
    }
}
