package bakeoff;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * BERT's uncased tokenizer, with the rules of Hugging Face's tokenizers: clean, strip accents, lower-case, split at spaces and
 * punctuation, then take each word apart into the longest pieces that the vocabulary has.
 */
final class WordPiece {
    /** What the model reads, [CLS] and [SEP] included. */
    static final int MOST_TOKENS = 256;
    /** The longest word that is taken apart, in characters; a longer one is unknown. */
    private static final int MOST_WORD_LETTERS = 100;

    private final Map<String, Integer> starts; // pieces a word can begin with
    private final Map<String, Integer> continuations; // pieces it can go on with, without their "##"
    private final Map<String, Integer> special = new HashMap<>(); // tokens with a meaning of their own, found in a text as they are written
    private final int cls;
    private final int sep;
    private final int unknown;

    private WordPiece(Map<String, Integer> starts, Map<String, Integer> continuations) {
        this.starts = starts;
        this.continuations = continuations;
        for (var token : new String[] {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}) {
            var id = starts.get(token);
            if (id == null) throw new IllegalArgumentException("the vocabulary has no " + token);
            special.put(token, id);
        }
        cls = special.get("[CLS]");
        sep = special.get("[SEP]");
        unknown = special.get("[UNK]");
    }

    /** Reads a vocabulary: one piece a line, the line's number is its id. */
    static WordPiece load(Path vocabulary) throws IOException {
        var starts = new HashMap<String, Integer>();
        var continuations = new HashMap<String, Integer>();
        var id = 0;
        for (var piece : Files.readAllLines(vocabulary)) {
            if (piece.startsWith("##")) continuations.put(piece.substring(2), id++);
            else starts.put(piece, id++);
        }
        return new WordPiece(starts, continuations);
    }

    /** The tokens between [CLS] and [SEP], at most MOST_TOKENS of them in all, and whether there were more. */
    record Tokens(int[] ids, boolean truncated) {
        boolean isEmpty() {
            return ids.length == 2;
        }
    }

    /** Stops reading where the tokens are full, so a long text costs no more than a short one. */
    Tokens encode(String text) {
        var encoding = new Encoding();
        encoding.add(cls);
        for (var at = 0; at < text.length() && !encoding.isFull(); ) {
            var token = nextSpecial(text, at);
            encoding.addWords(text, at, token == null ? text.length() : token.at);
            if (token == null) break;
            encoding.add(special.get(token.text));
            at = token.at + token.text.length();
        }
        return encoding.ended();
    }

    private record Special(int at, String text) {}

    private Special nextSpecial(String text, int from) {
        for (var at = text.indexOf('[', from); at >= 0; at = text.indexOf('[', at + 1)) {
            var end = text.indexOf(']', at, Math.min(at + "[MASK]".length(), text.length())); // the longest
            if (end >= 0 && special.containsKey(text.substring(at, end + 1))) return new Special(at, text.substring(at, end + 1));
        }
        return null;
    }

    private final class Encoding {
        private int[] ids = new int[64];
        private int count;
        /** The whole word is kept only as far as it matters: a longer one is unknown whatever its end. */
        private final StringBuilder word = new StringBuilder();
        private int letters;

        boolean isFull() {
            return count >= MOST_TOKENS;
        }

        void add(int id) {
            if (count == ids.length) ids = Arrays.copyOf(ids, 2 * count);
            ids[count++] = id;
        }

        Tokens ended() {
            // The last place is [SEP]'s: a token that took it is one too many.
            var truncated = isFull();
            if (truncated) count = MOST_TOKENS - 1;
            add(sep);
            return new Tokens(Arrays.copyOf(ids, count), truncated);
        }

        /** Adds the tokens of a text without special tokens, until it is full. */
        void addWords(String text, int from, int to) {
            for (int at = from, letter; at < to && !isFull(); at += Character.charCount(letter)) {
                letter = text.codePointAt(at);
                if (letter < 0x80 && isLetterOrDigit(letter)) addLetter(Character.toLowerCase(letter));
                else if (isDropped(letter)) continue;
                else if (isSpace(letter)) endWord();
                else if (letter < 0x80) addAlone(letter); // what is left of ASCII is punctuation
                else if (isIdeograph(letter)) {
                    endWord();
                    addParts(letter);
                    endWord();
                } else addParts(letter);
            }
            if (!isFull()) endWord();
            else word.setLength(letters = 0);
        }

        /** The letter and its accents apart, a Hangul syllable in its letters, a variant as the character it stands for. */
        private void addParts(int letter) {
            Normalizer.normalize(Character.toString(letter), Normalizer.Form.NFD).codePoints().forEach(part -> {
                if (Character.getType(part) == Character.NON_SPACING_MARK) return; // an accent
                if (isPunctuation(part)) addAlone(part);
                else addLetter(Character.toLowerCase(part));
            });
        }

        private void addAlone(int letter) {
            endWord();
            addLetter(letter);
            endWord();
        }

        private void addLetter(int letter) {
            if (++letters <= MOST_WORD_LETTERS) word.appendCodePoint(letter);
        }

        private void endWord() {
            if (letters > 0) addPieces();
            word.setLength(letters = 0);
        }

        /** The word's pieces, the longest first, or [UNK] when something is left over. */
        private void addPieces() {
            var before = count;
            var pieces = starts;
            for (int at = 0, end = word.length(); at < word.length() && letters <= MOST_WORD_LETTERS; ) {
                var id = pieces.get(word.substring(at, end));
                if (id != null) {
                    add(id);
                    at = end;
                    end = word.length();
                    pieces = continuations;
                } else if ((end = word.offsetByCodePoints(end, -1)) == at) {
                    letters = MOST_WORD_LETTERS + 1; // as unknown as one that is too long
                }
            }
            if (letters <= MOST_WORD_LETTERS) return;
            count = before;
            add(unknown);
        }
    }

    private static boolean isLetterOrDigit(int ascii) {
        return ascii >= 'a' && ascii <= 'z' || ascii >= 'A' && ascii <= 'Z' || ascii >= '0' && ascii <= '9';
    }

    /** Characters that are not there: control characters other than white space, formatting, private use. */
    private static boolean isDropped(int letter) {
        if (letter == '\t' || letter == '\n' || letter == '\r') return false;
        return switch (Character.getType(letter)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE -> true;
            default -> letter == 0xFFFD;
        };
    }

    /** Of the control characters only those that are not dropped. */
    private static boolean isSpace(int letter) {
        return letter == '\t' || letter == '\n' || letter == '\r' || Character.isSpaceChar(letter);
    }

    /** Also ASCII's symbols, which Unicode does not count as punctuation. */
    private static boolean isPunctuation(int letter) {
        if (letter < 0x80) return letter > ' ' && letter != 0x7F && !isLetterOrDigit(letter);
        return switch (Character.getType(letter)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** Each ideograph is a word. Kana and Hangul are written in words. */
    private static boolean isIdeograph(int letter) {
        return letter >= 0x4E00 && letter <= 0x9FFF || letter >= 0x3400 && letter <= 0x4DBF
                || letter >= 0x20000 && letter <= 0x2A6DF || letter >= 0x2A700 && letter <= 0x2B73F
                || letter >= 0x2B740 && letter <= 0x2B81F || letter >= 0x2B920 && letter <= 0x2CEAF
                || letter >= 0xF900 && letter <= 0xFAFF || letter >= 0x2F800 && letter <= 0x2FA1F;
    }
}
