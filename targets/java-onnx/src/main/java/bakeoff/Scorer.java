package bakeoff;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The one session that all requests share. Each runs it on its own virtual thread: scoring 20 rows takes about 20 µs, and handing them to
 * another thread would cost as much again.
 */
final class Scorer {
    static final int INTRA_OP_THREADS = 1;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    /** One buffer a core, outside the heap, where the model reads it without a copy. Who has none waits: a carrier is busy anyway. */
    private final BlockingQueue<FloatBuffer> buffers;

    Scorer(Path model, int cores) throws OrtException {
        var options = new OrtSession.SessionOptions();
        // Cores are filled by concurrent requests; threads inside one would only fight over them.
        options.setIntraOpNumThreads(INTRA_OP_THREADS);
        options.setInterOpNumThreads(1);
        session = environment.createSession(model.toString(), options);
        buffers = new ArrayBlockingQueue<>(cores);
        for (var core = 0; core < cores; core++) buffers.add(newBuffer());
    }

    private static FloatBuffer newBuffer() {
        var bytes = Ranking.MOST_CANDIDATES * FeatureStore.ROW_FEATURES * Float.BYTES;
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    String version() {
        return environment.getVersion();
    }

    /** One score a row of the input (rows × 40). */
    float[] score(float[] input, int rows) throws OrtException, InterruptedException {
        var buffer = buffers.take();
        try {
            buffer.clear().put(input).flip();
            try (var features = OnnxTensor.createTensor(environment, buffer, new long[] {rows, FeatureStore.ROW_FEATURES});
                    var result = session.run(Map.of("features", features))) {
                var scores = new float[rows];
                ((OnnxTensor) result.get(0)).getFloatBuffer().get(scores);
                return scores;
            }
        } finally {
            buffers.add(buffer);
        }
    }
}
