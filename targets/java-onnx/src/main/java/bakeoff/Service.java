package bakeoff;

import com.zaxxer.hikari.HikariDataSource;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;
import org.postgresql.ds.PGSimpleDataSource;

record Service(FeatureStore store, Scorer scorer) {
    private static final int MOST_BODY_BYTES = 1 << 20;

    HttpRouting.Builder routes() {
        return HttpRouting.builder()
                .post("/rank", handle(this::rank))
                .get("/health", handle(this::health))
                .get("/info", (_, response) -> Serving.answer(response, Status.OK_200, info()));
    }

    private record Output(int id, float score) {}

    private record Outputs(Output[] outputs) {}

    private Outputs rank(ServerRequest request) throws Exception {
        var ranking = Ranking.parse(body(request));
        var candidates = store.fetch(ranking);
        var scores = scorer.score(candidates.input(), candidates.itemIds().length);
        var outputs = IntStream.range(0, scores.length)
                .mapToObj(row -> new Output(candidates.itemIds()[row], scores[row]))
                .toArray(Output[]::new);
        Arrays.sort(outputs, Comparator.comparingDouble(Output::score).reversed());
        return new Outputs(Arrays.copyOf(outputs, Math.min(ranking.size(), outputs.length)));
    }

    private Map<String, String> health(ServerRequest request) throws Refusal {
        store.ping();
        return Map.of("status", "ok");
    }

    private Info info() {
        return Info.describe(
                Map.of(
                        "hikaricp", Info.versionOf(HikariDataSource.class),
                        "pgjdbc", Info.versionOf(PGSimpleDataSource.class),
                        "onnxruntime", scorer.version()),
                Map.of("ort_intra_op", Scorer.INTRA_OP_THREADS), // the library sets it and has no way to ask
                Map.of("database", store.connections()));
    }

    private static byte[] body(ServerRequest request) throws IOException, Refusal {
        var length = request.headers().contentLength();
        if (length.orElse(0) > MOST_BODY_BYTES) throw Ranking.tooMany();
        try (var stream = request.content().inputStream()) {
            var body = stream.readNBytes((int) length.orElse(MOST_BODY_BYTES + 1)); // without a length: as many as come
            if (body.length > MOST_BODY_BYTES) throw Ranking.tooMany();
            return body;
        }
    }

    private interface Answer {
        Object to(ServerRequest request) throws Exception;
    }

    private static Handler handle(Answer answer) {
        return (request, response) -> {
            try {
                Serving.answer(response, Status.OK_200, answer.to(request));
            } catch (Refusal refusal) {
                Serving.answer(response, refusal.status, Map.of("error", refusal.getMessage()));
            }
        };
    }
}
