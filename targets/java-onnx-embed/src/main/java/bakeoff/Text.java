package bakeoff;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** A request's text, checked. */
record Text(String text) {
    /** A text is a string: neither 17 nor true is one. */
    private static final ObjectReader READER = JsonMapper.builder()
            .withCoercionConfig(LogicalType.Textual, config -> config
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(Text.class);

    static String parse(byte[] body) throws Refusal {
        Text wire;
        try {
            wire = READER.readValue(body);
        } catch (JacksonException error) {
            throw Refusal.badRequest(error.getOriginalMessage());
        }
        if (wire == null || wire.text == null) throw Refusal.badRequest("text is missing");
        // The parser refuses what is no UTF-8, but an escape can still stand for half of a pair.
        if (!wholePairs(wire.text)) throw Refusal.badRequest("text has half a surrogate pair");
        return wire.text;
    }

    private static boolean wholePairs(String text) {
        for (var at = 0; at < text.length(); at++) {
            var unit = text.charAt(at);
            if (!Character.isSurrogate(unit)) continue;
            if (Character.isLowSurrogate(unit) || ++at == text.length() || !Character.isLowSurrogate(text.charAt(at))) return false;
        }
        return true;
    }
}
