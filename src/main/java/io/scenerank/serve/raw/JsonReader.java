package io.scenerank.serve.raw;

import io.scenerank.config.InvalidInputException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) into maps, lists, texts, numbers, true, false and null. A name that occurs
 * twice in an object, half a surrogate pair, and bytes that are not UTF-8 are errors.
 */
final class JsonReader {
  /** Digits that a long holds for certain. */
  private static final int LONG_DIGITS = 18;

  /** Characters of a number: to read more digits takes longer than their number says. */
  private static final int NUMBER_LENGTH = 400;

  /** Names that are kept: rows repeat them. */
  private static final int NAMES = 256;

  private static final int HEX_DIGITS = 4;
  private static final int HEX = 16;
  private static final int FIRST_SIZE = 16;

  private final byte[] bytes;
  private final int maxDepth;
  private final @Nullable String[] names = new String[NAMES];
  private int at;
  private int depth;

  JsonReader(byte[] bytes, int maxDepth) {
    this.bytes = bytes;
    this.maxDepth = maxDepth;
  }

  /** The value that all of the bytes are. */
  @Nullable Object read() {
    blanks();
    Object value = value();
    blanks();
    if (at < bytes.length) {
      throw wrong("nothing more");
    }
    return value;
  }

  private @Nullable Object value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> text();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw wrong("a JSON value");
    };
  }

  private Map<String, @Nullable Object> object() {
    enter();
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    if (!ends('}')) {
      do {
        blanks();
        if (peek() != '"') {
          throw wrong("a name in quotes");
        }
        int place = at;
        String name = name();
        blanks();
        take(':');
        blanks();
        Object value = value();
        if (object.containsKey(name)) {
          at = place;
          throw wrong("each name once, and '" + name + "' was there before");
        }
        object.put(name, value);
      } while (more('}'));
    }
    depth--;
    return object;
  }

  private List<@Nullable Object> array() {
    enter();
    List<@Nullable Object> array = new ArrayList<>();
    if (!ends(']')) {
      do {
        blanks();
        array.add(value());
      } while (more(']'));
    }
    depth--;
    return array;
  }

  private void enter() {
    if (++depth > maxDepth) {
      throw wrong("at most " + maxDepth + " levels of lists and objects");
    }
    at++;
  }

  /** Whether an object or a list ends before its first value. */
  private boolean ends(char end) {
    blanks();
    if (peek() == end) {
      at++;
      return true;
    }
    return false;
  }

  /** Whether another value follows. */
  private boolean more(char end) {
    blanks();
    int next = peek();
    if (next != ',' && next != end) {
      throw wrong("',' or '" + end + "'");
    }
    at++;
    return next == ',';
  }

  private void take(char c) {
    if (peek() != c) {
      throw wrong("'" + c + "'");
    }
    at++;
  }

  private int peek() {
    return at < bytes.length ? bytes[at] : -1;
  }

  private void blanks() {
    while (at < bytes.length
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= bytes.length || bytes[at + i] != word.charAt(i)) {
        throw wrong("a JSON value");
      }
    }
    at += word.length();
    return value;
  }

  /** A text that may have been read before. */
  private String name() {
    int start = at + 1;
    int hash = 0;
    int end = start;
    while (end < bytes.length && bytes[end] != '"' && bytes[end] != '\\' && bytes[end] >= ' ') {
      hash = 31 * hash + bytes[end++];
    }
    if (end >= bytes.length || bytes[end] != '"') {
      return text();
    }
    int slot = (hash ^ (hash >>> 8)) & (NAMES - 1);
    String known = names[slot];
    if (known != null && isAt(known, start, end)) {
      at = end + 1;
      return known;
    }
    String name = text();
    names[slot] = name;
    return name;
  }

  private boolean isAt(String text, int start, int end) {
    if (text.length() != end - start) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != bytes[start + i]) {
        return false;
      }
    }
    return true;
  }

  private String text() {
    int start = ++at;
    boolean ascii = true;
    while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\\') {
      if (bytes[at] >= 0 && bytes[at] < ' ') {
        throw wrong("no control character in a text");
      }
      ascii &= bytes[at++] >= 0;
    }
    if (peek() == '"') {
      String text =
          ascii
              ? new String(bytes, start, at - start, StandardCharsets.ISO_8859_1)
              : decoded(start, at);
      at++;
      return text;
    }
    return escaped(start);
  }

  /** The rest of a text that has escapes. */
  private String escaped(int start) {
    StringBuilder text = new StringBuilder(FIRST_SIZE + at - start).append(decoded(start, at));
    while (true) {
      int from = at;
      while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\\') {
        if (bytes[at] >= 0 && bytes[at] < ' ') {
          throw wrong("no control character in a text");
        }
        at++;
      }
      text.append(decoded(from, at));
      if (at >= bytes.length) {
        throw wrong("the end of a text");
      }
      if (bytes[at++] == '"') {
        return text.toString();
      }
      escape(text);
    }
  }

  private void escape(StringBuilder text) {
    int c = peek();
    int plain = "\"\\/".indexOf(c);
    int named = "bfnrt".indexOf(c);
    if (c >= 0 && plain >= 0) {
      text.append((char) c);
    } else if (c >= 0 && named >= 0) {
      text.append("\b\f\n\r\t".charAt(named));
    } else if (c == 'u') {
      at++;
      unicode(text);
      return;
    } else {
      throw wrong("an escape of JSON");
    }
    at++;
  }

  private void unicode(StringBuilder text) {
    int place = at;
    char first = hex();
    text.append(first);
    if (Character.isHighSurrogate(first) && peek() == '\\') {
      at++;
      take('u');
      char second = hex();
      if (Character.isLowSurrogate(second)) {
        text.append(second);
        return;
      }
    }
    if (Character.isSurrogate(first)) {
      at = place;
      throw wrong("both halves of a surrogate pair");
    }
  }

  private char hex() {
    int code = 0;
    for (int i = 0; i < HEX_DIGITS; i++, at++) {
      int digit = at < bytes.length ? Character.digit((char) (bytes[at] & 0xff), HEX) : -1;
      if (digit < 0 || bytes[at] < 0) {
        throw wrong("four hexadecimal digits");
      }
      code = HEX * code + digit;
    }
    return (char) code;
  }

  private String decoded(int start, int end) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT, "byte %d: found bytes that are not UTF-8, expected UTF-8", start),
          e);
    }
  }

  private Object number() {
    int start = at;
    if (bytes[at] == '-') {
      at++;
    }
    int whole = at;
    digits();
    if (bytes[whole] == '0' && at > whole + 1) {
      at = whole;
      throw wrong("a number without zeros in front");
    }
    boolean integer = true;
    if (peek() == '.') {
      integer = false;
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      integer = false;
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    if (at - start > NUMBER_LENGTH) {
      at = start;
      throw wrong("a number of at most " + NUMBER_LENGTH + " characters");
    }
    return integer ? integer(start, whole) : real(start);
  }

  private void digits() {
    int from = at;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    if (at == from) {
      throw wrong("a digit");
    }
  }

  private Object integer(int start, int whole) {
    if (at - whole > LONG_DIGITS) {
      BigInteger number = new BigInteger(ascii(start));
      return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }
    long number = 0;
    for (int i = whole; i < at; i++) {
      number = 10 * number + (bytes[i] - '0');
    }
    return start == whole ? number : -number;
  }

  private Object real(int start) {
    double number = Double.parseDouble(ascii(start));
    if (Double.isInfinite(number)) {
      at = start;
      throw wrong("a number of 64 bits");
    }
    return number;
  }

  private String ascii(int start) {
    return new String(bytes, start, at - start, StandardCharsets.ISO_8859_1);
  }

  private InvalidInputException wrong(String expected) {
    int c = peek();
    String found =
        at >= bytes.length
            ? "the end"
            : c > ' ' && c < 0x7f
                ? "'" + (char) c + "'"
                : String.format(Locale.ROOT, "the byte 0x%02x", c & 0xff);
    return new InvalidInputException(
        String.format(Locale.ROOT, "byte %d: found %s, expected %s", at, found, expected));
  }
}
