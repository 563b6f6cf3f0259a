package bakeoff;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;

/** Embeds texts with all-MiniLM-L6-v2 in ONNX Runtime. */
final class Main {
    /** Beyond it a batch gains nothing more, and whoever waits for it waits longer. */
    private static final int BATCH_SIZE = 32;

    public static void main(String[] arguments) throws IOException, OrtException {
        try {
            var settings = new Settings(System.getenv());
            var folder = Path.of(settings.text("MODEL_DIR", "/models/minilm"));
            var batchSize = settings.number("BATCH_SIZE", BATCH_SIZE);
            var cores = settings.cores();
            var batcher = new Batcher(new Embedder(folder.resolve("model.onnx")), batchSize, cores);
            Serving.start(settings, new Service(WordPiece.load(folder.resolve("vocab.txt")), batcher).routes());
        } catch (Settings.BadSetting bad) {
            System.err.println("java-onnx-embed: " + bad.getMessage());
            System.exit(1);
        }
    }
}
