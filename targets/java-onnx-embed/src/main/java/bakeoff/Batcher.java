package bakeoff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Computes together what waits together. A thread a core gives the model one batch at a time; what arrives meanwhile is the next one:
 * nobody waits for a batch to fill, a single request goes at once, and batches grow with the load.
 */
final class Batcher {
    /** The share of a run's tokens that may be padding. Texts of very different lengths are better computed apart. */
    private static final double MOST_PADDING = 0.25;

    final Embedder embedder;
    final int batchSize;
    final int threads;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();

    private record Waiting(int[] ids, CompletableFuture<float[]> embedding) {}

    Batcher(Embedder embedder, int batchSize, int threads) {
        this.embedder = embedder;
        this.batchSize = batchSize;
        this.threads = threads;
        // Threads of the system: on a virtual one the model would hold a carrier, and nothing were read or accepted meanwhile.
        for (var thread = 0; thread < threads; thread++) Thread.ofPlatform().daemon().name("model-", thread).start(this::compute);
    }

    /** A text's embedding, by the ids of its tokens. */
    float[] embed(int[] ids) {
        var embedding = new CompletableFuture<float[]>();
        waiting.add(new Waiting(ids, embedding));
        return embedding.join();
    }

    private void compute() {
        var batch = new ArrayList<Waiting>(batchSize);
        while (true) {
            try {
                batch.add(waiting.take());
            } catch (InterruptedException _) {
                return;
            }
            waiting.drainTo(batch, batchSize - 1);
            for (var run : runs(batch)) compute(run);
            batch.clear();
        }
    }

    private void compute(List<Waiting> run) {
        try {
            var embeddings = embedder.embed(run.stream().map(Waiting::ids).toList());
            for (var row = 0; row < embeddings.length; row++) run.get(row).embedding.complete(embeddings[row]);
        } catch (Exception error) { // whatever it is belongs to those who wait, not to this thread
            for (var one : run) one.embedding.completeExceptionally(error);
        }
    }

    /** Which texts go into one run of the model: of similar length. */
    private static List<List<Waiting>> runs(List<Waiting> batch) {
        var runs = new ArrayList<List<Waiting>>();
        var run = new ArrayList<Waiting>();
        var tokens = 0;
        for (var one : batch.stream().sorted(Comparator.comparingInt(each -> each.ids.length)).toList()) {
            var length = one.ids.length;
            // Sorted, so this one is the longest so far and all would be padded to it.
            if (!run.isEmpty() && 1 - (double) (tokens + length) / (length * (run.size() + 1)) > MOST_PADDING) {
                runs.add(run);
                run = new ArrayList<>();
                tokens = 0;
            }
            run.add(one);
            tokens += length;
        }
        runs.add(run);
        return runs;
    }
}
