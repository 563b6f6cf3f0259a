package orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Duration;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.SetParams;

/** Orders in Redis, each for a day. A thread waits for its answer, which costs a virtual one nothing. */
final class OrderStore implements AutoCloseable {
    private static final int CONNECTIONS = 32;
    private static final int PATIENCE_MS = 1000;
    private static final SetParams FOR_A_DAY = new SetParams().ex(Duration.ofDays(1).toSeconds());

    private final RedisClient redis;

    OrderStore(URI at) {
        var pool = new ConnectionPoolConfig();
        pool.setMaxTotal(CONNECTIONS);
        pool.setMaxIdle(CONNECTIONS);
        // Where all connections are taken the next caller waits, no longer than for an answer.
        pool.setMaxWait(Duration.ofMillis(PATIENCE_MS));
        pool.setJmxEnabled(false);
        redis = RedisClient.builder()
                .hostAndPort(at.getHost(), at.getPort() < 0 ? 6379 : at.getPort())
                .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(PATIENCE_MS).build())
                .poolConfig(pool)
                .build();
    }

    void keep(String id, byte[] order) {
        redis.set(keyOf(id), order, FOR_A_DAY);
    }

    /** The order as it was kept; null where there is none. */
    byte[] find(String id) {
        return redis.get(keyOf(id));
    }

    void ping() {
        redis.ping();
    }

    @Override
    public void close() {
        redis.close();
    }

    private static byte[] keyOf(String id) {
        return ("order:" + id).getBytes(UTF_8);
    }
}
