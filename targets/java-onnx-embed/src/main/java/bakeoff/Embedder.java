package bakeoff;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** all-MiniLM-L6-v2: the graph has pooling and normalisation in it. All threads share one session. */
final class Embedder {
    static final int INTRA_OP_THREADS = 1;
    private static final int DIMENSIONS = 384;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    Embedder(Path model) throws OrtException {
        var options = new OrtSession.SessionOptions();
        // A batch a core; threads inside one would only fight over the cores.
        options.setIntraOpNumThreads(INTRA_OP_THREADS);
        options.setInterOpNumThreads(1);
        session = environment.createSession(model.toString(), options);
    }

    String version() {
        return environment.getVersion();
    }

    /** One embedding of unit length a text, in order; shorter texts are padded to the longest. */
    float[][] embed(List<int[]> texts) throws OrtException {
        var longest = texts.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        var shape = new long[] {texts.size(), longest};
        var ids = zeros(texts.size() * longest);
        var mask = zeros(texts.size() * longest);
        for (var row = 0; row < texts.size(); row++) {
            var text = texts.get(row);
            for (var column = 0; column < text.length; column++) {
                ids.put(row * longest + column, text[column]);
                mask.put(row * longest + column, 1);
            }
        }
        try (var idTensor = OnnxTensor.createTensor(environment, ids, shape);
                var maskTensor = OnnxTensor.createTensor(environment, mask, shape);
                var result = session.run(Map.of("input_ids", idTensor, "attention_mask", maskTensor))) {
            var values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            var embeddings = new float[texts.size()][DIMENSIONS];
            for (var embedding : embeddings) values.get(embedding);
            return embeddings;
        }
    }

    /** Outside the heap, where the model reads it without a copy. */
    private static LongBuffer zeros(int count) {
        return ByteBuffer.allocateDirect(count * Long.BYTES).order(ByteOrder.nativeOrder()).asLongBuffer();
    }
}
