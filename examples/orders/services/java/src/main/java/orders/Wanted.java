package orders;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** What is ordered. */
record Wanted(String customer, String item, Integer quantity) {
    private static final int LONGEST_NAME = 80;
    private static final int MOST = 99;

    /** "2" is no quantity and 2 no name; a member that nobody knows, and what comes after the object, is a mistake of the caller's. */
    private static final ObjectReader READER = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .withCoercionConfig(LogicalType.Textual, textual -> textual
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build()
            .readerFor(Wanted.class);

    static Wanted parse(byte[] body) throws Refused {
        var wanted = read(body);
        if (wanted == null) throw new Refused("an order is missing");
        requireName("customer", wanted.customer);
        requireName("item", wanted.item);
        if (wanted.quantity == null || wanted.quantity < 1 || wanted.quantity > MOST)
            throw new Refused("quantity: want a whole number from 1 to " + MOST);
        return wanted;
    }

    private static Wanted read(byte[] body) throws Refused {
        try {
            return READER.readValue(body);
        } catch (JacksonException _) { // it names classes of ours
            throw new Refused("want a JSON object of customer, item and quantity, a text each and a whole number");
        }
    }

    private static void requireName(String member, String name) throws Refused {
        if (name == null || name.isEmpty() || name.length() > LONGEST_NAME)
            throw new Refused(member + ": want a text of 1 to " + LONGEST_NAME + " characters");
    }

    /** An order that cannot be taken; the caller is told why. */
    static final class Refused extends Exception {
        Refused(String why) {
            super(why, null, false, false); // where it came from is no news
        }
    }
}
