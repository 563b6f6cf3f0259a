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
    /** The share of a run's tokens that may be padding. */
    private static final double MOST_PADDING = 0.25;
    /** What a run costs besides its tokens, in tokens: it reads all weights from memory once. */
    private static final int RUN_COST = 8;
    /** How many tokens a run may have, padding included. A larger one is no cheaper, and takes memory. */
    private static final int MOST_TOKENS = 4 * WordPiece.MOST_TOKENS;

    final Embedder embedder;
    final int batchSize;
    final int threads;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();

    private record Waiting(int[] ids, CompletableFuture<float[]> embedding) {
        int length() {
            return ids.length;
        }
    }

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

    /**
     * Which texts go into one run of the model: of similar length, since all are padded to the longest of their run. Of all ways to keep
     * within the bounds above it is the cheapest.
     */
    private static List<List<Waiting>> runs(List<Waiting> batch) {
        var sorted = batch.stream().sorted(Comparator.comparingInt(Waiting::length)).toList();
        // What the n shortest texts cost at least, and where the last run of that way begins.
        var costs = new int[sorted.size() + 1];
        var begins = new int[sorted.size() + 1];
        for (var end = 1; end <= sorted.size(); end++) {
            var longest = sorted.get(end - 1).length();
            costs[end] = Integer.MAX_VALUE;
            for (int begin = end - 1, tokens = 0; begin >= 0; begin--) {
                tokens += sorted.get(begin).length();
                var padded = longest * (end - begin);
                if (padded > MOST_TOKENS || padded - tokens > MOST_PADDING * padded) break; // those before are shorter still
                var cost = costs[begin] + RUN_COST + padded;
                if (cost >= costs[end]) continue;
                costs[end] = cost;
                begins[end] = begin;
            }
        }
        var runs = new ArrayList<List<Waiting>>();
        for (var end = sorted.size(); end > 0; end = begins[end]) runs.addFirst(sorted.subList(begins[end], end));
        return runs;
    }
}
