package bakeoff;

import static java.util.stream.Collectors.joining;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.helidon.http.Status;
import java.net.URI;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.postgresql.ds.PGSimpleDataSource;

/** Users' and items' features from PostgreSQL, over a pool of connections, which are made anew after an outage. */
final class FeatureStore {
    private static final int USER_FEATURES = 16;
    private static final int ITEM_FEATURES = 24;
    static final int ROW_FEATURES = USER_FEATURES + ITEM_FEATURES;

    /** What a request may wait for a connection, and then for the database. */
    private static final int DEADLINE_SECONDS = 2;

    /**
     * Two statements in one text: the driver prepares each and sends both before it waits, so they cost one round trip.
     *
     * <p>array_send gives a real[] as the bytes of the wire. As an array it would come as Float[], an object for every element.
     */
    private static final String QUERIES =
            """
            SELECT array_send(features) FROM users WHERE id = ?;
            SELECT id, array_send(features) FROM items WHERE id = ANY(?)""";

    private final HikariDataSource pool;
    /** Whether the last query failed: an outage is logged when it begins and ends, not once a request. */
    private final AtomicBoolean down = new AtomicBoolean();

    FeatureStore(String url, int connections) {
        var config = new HikariConfig();
        config.setDataSource(dataSource(URI.create(url)));
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(DEADLINE_SECONDS * 1000L);
        config.setInitializationFailTimeout(-1); // the service starts without a database, and says so in /health
        pool = new HikariDataSource(config);
    }

    private static PGSimpleDataSource dataSource(URI url) {
        var user = url.getUserInfo().split(":", 2);
        var source = new PGSimpleDataSource();
        source.setServerNames(new String[] {url.getHost()});
        source.setPortNumbers(new int[] {url.getPort() < 0 ? 5432 : url.getPort()});
        source.setDatabaseName(url.getPath().substring(1));
        source.setUser(user[0]);
        source.setPassword(user.length > 1 ? user[1] : null);
        source.setConnectTimeout(DEADLINE_SECONDS);
        source.setSocketTimeout(DEADLINE_SECONDS);
        // The driver prepares a statement, and asks for binary results, when it has run five times. Here each is run for ever.
        source.setPrepareThreshold(1);
        return source;
    }

    int connections() {
        return pool.getMaximumPoolSize();
    }

    /** The rows that were found: the item each belongs to, and the model's input, one row of 40 an item. */
    record Candidates(int[] itemIds, float[] input) {}

    void ping() throws Refusal {
        ask(connection -> {
            if (!connection.isValid(DEADLINE_SECONDS)) throw new SQLException("the connection is not valid");
            return true;
        });
    }

    /** The candidates in the order the database answers. */
    Candidates fetch(Ranking ranking) throws Refusal {
        var found = ask(connection -> {
            try (var statement = connection.prepareStatement(QUERIES)) {
                statement.setInt(1, ranking.userId());
                statement.setObject(2, ranking.itemIds());
                statement.execute();
                return read(statement, ranking.itemIds().length);
            }
        });
        if (found.user == null || found.items < ranking.itemIds().length) throw new Refusal(Status.NOT_FOUND_404, unknown(ranking, found));
        var input = found.input;
        for (var row = 0; row < found.items; row++) System.arraycopy(found.user, 0, input, row * ROW_FEATURES, USER_FEATURES);
        return new Candidates(found.itemIds, input);
    }

    /** user is null where there is no such user; of itemIds the first `items` are filled in, and their rows of the input but for the user's part. */
    private record Found(float[] user, int[] itemIds, float[] input, int items) {}

    private static Found read(PreparedStatement statement, int most) throws SQLException {
        float[] user = null;
        try (var rows = statement.getResultSet()) {
            if (rows.next()) decodeReals(rows.getBytes(1), user = new float[USER_FEATURES], 0, USER_FEATURES);
        }
        statement.getMoreResults();
        var itemIds = new int[most];
        var input = new float[most * ROW_FEATURES];
        var items = 0;
        try (var rows = statement.getResultSet()) {
            for (; rows.next(); items++) {
                itemIds[items] = rows.getInt(1);
                decodeReals(rows.getBytes(2), input, items * ROW_FEATURES + USER_FEATURES, ITEM_FEATURES);
            }
        }
        return new Found(user, itemIds, input, items);
    }

    /**
     * The elements of a real[] as array_send gives it: big-endian words; dimensions, a flag for nulls, the elements' type, length
     * and lower bound of each dimension, then every element behind its own length.
     */
    static void decodeReals(byte[] wire, float[] into, int at, int count) throws SQLException {
        final int header = 20, element = 8, float4 = 700;
        var words = ByteBuffer.wrap(wire);
        if (wire.length != header + element * count || words.getInt(0) != 1 || words.getInt(4) != 0 || words.getInt(8) != float4)
            throw new SQLException("features is not a real[" + count + "]");
        for (var i = 0; i < count; i++) into[at + i] = words.getFloat(header + element * i + 4);
    }

    private static String unknown(Ranking ranking, Found found) {
        var known = Arrays.copyOf(found.itemIds, found.items);
        var items = IntStream.of(ranking.itemIds())
                .filter(id -> IntStream.of(known).noneMatch(one -> one == id))
                .mapToObj(String::valueOf)
                .collect(joining(", "));
        var user = found.user == null ? "unknown user: " + ranking.userId() : "";
        if (items.isEmpty()) return user;
        return (user.isEmpty() ? "" : user + "; ") + "unknown items: " + items;
    }

    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T ask(Question<T> question) throws Refusal {
        try (var connection = pool.getConnection()) {
            var answer = question.ask(connection);
            if (down.get() && down.getAndSet(false)) System.err.println("database: answers again");
            return answer;
        } catch (SQLException error) {
            if (!down.getAndSet(true)) System.err.println("database: " + error.getMessage());
            throw new Refusal(Status.SERVICE_UNAVAILABLE_503, "the database does not answer");
        }
    }
}
