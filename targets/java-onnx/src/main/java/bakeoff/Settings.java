// Copied from templates/java/src/main/java/bakeoff/Settings.java: change it there, then run node scripts/copy-templates.mjs.
package bakeoff;

import java.util.Map;

/** What the container's environment says. Whatever is wrong in it is refused by the variable's name. */
record Settings(Map<String, String> env) {

    int port() {
        return number("PORT", 8080);
    }

    int cores() {
        return number("CORES", Runtime.getRuntime().availableProcessors());
    }

    /** The positive whole number that a variable says, the fallback where it says nothing. */
    int number(String name, int fallback) {
        var text = text(name, "");
        if (text.isEmpty()) return fallback;
        try {
            var number = Integer.parseInt(text);
            if (number > 0) return number;
        } catch (NumberFormatException _) {
            // said below, with the variable's name
        }
        throw new BadSetting(name + " is \"" + text + "\", want a whole number of at least 1");
    }

    /** What a variable says, the fallback where it says nothing. */
    String text(String name, String fallback) {
        var text = env.get(name);
        return text == null || text.isEmpty() ? fallback : text;
    }

    /** What a variable says that the service cannot do without. */
    String required(String name) {
        var text = text(name, "");
        if (text.isEmpty()) throw new BadSetting(name + " is not set");
        return text;
    }

    static final class BadSetting extends RuntimeException {
        BadSetting(String message) {
            super(message);
        }
    }
}
