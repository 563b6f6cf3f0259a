package bakeoff;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.helidon.http.Status;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** A valid request: at least one candidate, none twice. */
record Ranking(int userId, int[] itemIds, int size) {
    static final int MOST_CANDIDATES = 1000;

    /** Numbers are numbers: neither "1" nor true nor 1.5 is an id, and null is not 0. */
    private static final ObjectReader READER = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(Wire.class);

    private record Wire(
            @JsonProperty("user_id") Integer userId,
            @JsonProperty("item_ids") int[] itemIds,
            @JsonProperty("size") Integer size) {}

    static Ranking parse(byte[] body) throws Refusal {
        var wire = read(body);
        if (wire == null || wire.userId == null) throw Refusal.badRequest("user_id is missing");
        if (wire.itemIds == null || wire.itemIds.length == 0) throw Refusal.badRequest("item_ids is missing or empty");
        if (wire.size == null || wire.size < 1) throw Refusal.badRequest("size is missing or below 1");
        if (wire.itemIds.length > MOST_CANDIDATES) throw tooMany();
        return new Ranking(wire.userId, Arrays.stream(wire.itemIds).distinct().toArray(), wire.size);
    }

    static Refusal tooMany() {
        return new Refusal(Status.REQUEST_ENTITY_TOO_LARGE_413, "at most " + MOST_CANDIDATES + " item_ids");
    }

    private static Wire read(byte[] body) throws Refusal {
        try {
            return READER.readValue(body);
        } catch (JacksonException error) {
            throw Refusal.badRequest(error.getOriginalMessage());
        }
    }
}
