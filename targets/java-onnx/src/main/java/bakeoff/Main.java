package bakeoff;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;

/** Ranks items for a user: features from PostgreSQL, scores from a RankNet in ONNX Runtime. */
final class Main {
    /** How many queries a core keeps under way: beyond it they only queue in the database. */
    private static final int CONNECTIONS_PER_CORE = 8;

    public static void main(String[] arguments) throws OrtException {
        try {
            var settings = new Settings(System.getenv());
            var cores = settings.cores();
            var scorer = new Scorer(Path.of(settings.text("MODEL_DIR", "/models"), "ranknet.onnx"), cores);
            var store = new FeatureStore(
                    settings.required("DATABASE_URL"), settings.number("DATABASE_POOL", cores * CONNECTIONS_PER_CORE));
            Serving.start(settings, new Service(store, scorer).routes());
        } catch (Settings.BadSetting bad) {
            System.err.println("java-onnx: " + bad.getMessage());
            System.exit(1);
        }
    }
}
