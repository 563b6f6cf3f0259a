package bakeoff;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Map;

record Service(WordPiece tokens, Batcher batcher) {
    private static final int MOST_BODY_BYTES = 4 << 20;
    private static final HeaderName TRUNCATED = HeaderNames.create("X-Truncated-To-Tokens");

    HttpRouting.Builder routes() {
        return HttpRouting.builder()
                .post("/embed", this::embed)
                // The model is loaded before the port is open.
                .get("/health", (_, response) -> Serving.answer(response, Status.OK_200, Map.of("status", "ok")))
                .get("/info", (_, response) -> Serving.answer(response, Status.OK_200, info()));
    }

    private record Embedding(float[] embedding) {}

    private void embed(ServerRequest request, ServerResponse response) throws IOException {
        try {
            var encoding = tokens.encode(Text.parse(body(request)));
            if (encoding.isEmpty()) throw Refusal.badRequest("text is empty");
            var embedding = batcher.embed(encoding.ids());
            if (encoding.truncated()) response.header(TRUNCATED, String.valueOf(WordPiece.MOST_TOKENS));
            Serving.answer(response, Status.OK_200, new Embedding(embedding));
        } catch (Refusal refusal) {
            Serving.answer(response, refusal.status, Map.of("error", refusal.getMessage()));
        }
    }

    private Info info() {
        return Info.describe(
                Map.of("onnxruntime", batcher.embedder.version()),
                Map.of("ort_intra_op", Embedder.INTRA_OP_THREADS, "model", batcher.threads), // the library sets the first and has no way to ask
                Map.of());
    }

    private static byte[] body(ServerRequest request) throws IOException, Refusal {
        var length = request.headers().contentLength();
        if (length.orElse(0) > MOST_BODY_BYTES) throw new Refusal(Status.REQUEST_ENTITY_TOO_LARGE_413, "at most " + MOST_BODY_BYTES + " bytes");
        try (var stream = request.content().inputStream()) {
            var body = stream.readNBytes((int) length.orElse(MOST_BODY_BYTES + 1)); // without a length: as many as come
            if (body.length > MOST_BODY_BYTES) throw new Refusal(Status.REQUEST_ENTITY_TOO_LARGE_413, "at most " + MOST_BODY_BYTES + " bytes");
            return body;
        }
    }
}
