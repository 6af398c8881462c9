package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the code of a function that Python 3.8 to 3.12 wrote with {@code marshal}. Nothing of it is
 * run.
 */
final class MarshalReader {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int REMEMBERED = 0x80;
  private static final int MOST = 10_000;
  private static final int DEEPEST = 16;

  private final ByteBuffer in;
  private final List<Object> remembered = new ArrayList<>();
  private int depth;

  private MarshalReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** An object that is neither a number nor a text nor a list of these. */
  private enum Other {
    OBJECT
  }

  /** Says that the bytes are none that this class reads. */
  private static final class UnknownFormException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** The code of a function; empty where the bytes are not one that is read here. */
  static Optional<PythonCode> read(byte[] bytes) {
    try {
      return new MarshalReader(bytes).object() instanceof PythonCode code
          ? Optional.of(code)
          : Optional.empty();
    } catch (BufferUnderflowException | UnknownFormException e) {
      return Optional.empty();
    }
  }

  private Object object() {
    if (++depth > DEEPEST) {
      throw new UnknownFormException();
    }
    int tag = in.get() & 0xff;
    int place = remembered.size();
    boolean isRemembered = (tag & REMEMBERED) != 0;
    if (isRemembered) {
      remembered.add(Other.OBJECT);
    }
    Object value = value((char) (tag & ~REMEMBERED));
    if (isRemembered) {
      remembered.set(place, value);
    }
    depth--;
    return value;
  }

  private Object value(char type) {
    return switch (type) {
      case 'N' -> JSON.nullNode();
      case 'T' -> JSON.booleanNode(true);
      case 'F' -> JSON.booleanNode(false);
      case 'i' -> JSON.numberNode(in.getInt());
      case 'g' -> JSON.numberNode(in.getDouble());
      case 's' -> bytes(in.getInt());
      case 'u', 'a', 'A', 't' -> text(in.getInt());
      case 'z', 'Z' -> text(in.get() & 0xff);
      case ')' -> tuple(in.get() & 0xff);
      case '(' -> tuple(in.getInt());
      case 'r' -> reference(in.getInt());
      case 'c' -> code();
      default -> throw new UnknownFormException();
    };
  }

  private byte[] bytes(int count) {
    if (count < 0 || count > in.remaining()) {
      throw new UnknownFormException();
    }
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private JsonNode text(int count) {
    return JSON.textNode(new String(bytes(count), StandardCharsets.UTF_8));
  }

  private ImmutableList<Object> tuple(int count) {
    if (count < 0 || count > MOST) {
      throw new UnknownFormException();
    }
    ImmutableList.Builder<Object> items = ImmutableList.builder();
    for (int i = 0; i < count; i++) {
      items.add(object());
    }
    return items.build();
  }

  private Object reference(int place) {
    if (place < 0 || place >= remembered.size()) {
      throw new UnknownFormException();
    }
    return remembered.get(place);
  }

  /** Up to Python 3.10 the number of local variables is the fourth of six numbers, not of five. */
  private PythonCode code() {
    int arguments = in.getInt();
    int positionalOnly = in.getInt();
    int keywordOnly = in.getInt();
    in.getInt();
    in.getInt();
    if (in.hasRemaining() && (in.get(in.position()) & 0x7f) != 's') {
      in.getInt();
    }
    Object code = object();
    Object constants = object();
    Object names = object();
    // Names of variables, cells, the file and the function, and a table of lines follow.
    if (!(code instanceof byte[] instructions)
        || !(constants instanceof ImmutableList<?> list)
        || positionalOnly + keywordOnly > 0) {
      throw new UnknownFormException();
    }
    return new PythonCode(
        arguments, PythonCode.instructions(instructions), ImmutableList.copyOf(list), texts(names));
  }

  private static ImmutableList<String> texts(Object tuple) {
    ImmutableList.Builder<String> texts = ImmutableList.builder();
    if (json(tuple) instanceof ArrayNode items) {
      items.forEach(item -> texts.add(item.asText()));
    }
    return texts.build();
  }

  /**
   * A number, a text, None or a list of these as JSON; missing where it is another object, or a
   * list that repeats lists until it is longer than any argument.
   */
  static JsonNode json(Object value) {
    return length(value, MOST) > MOST ? JSON.missingNode() : known(value);
  }

  /** Number of the items in all lists, counted to one more than the most. */
  private static int length(Object value, int most) {
    int length = 1;
    if (value instanceof ImmutableList<?> list) {
      for (Object item : list) {
        if (length > most) {
          break;
        }
        length += length(item, most - length);
      }
    }
    return length;
  }

  private static JsonNode known(Object value) {
    if (value instanceof JsonNode json) {
      return json;
    }
    if (value instanceof ImmutableList<?> list) {
      ArrayNode items = JSON.arrayNode();
      list.forEach(item -> items.add(known(item)));
      return items;
    }
    return JSON.missingNode();
  }
}
