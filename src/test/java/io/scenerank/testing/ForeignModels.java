package io.scenerank.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.scenerank.serve.Features;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * SavedModels of {@code python-parity/make_foreign_savedmodels.py}, with rows of inputs and the
 * outputs that the loaded signature gave in Python.
 */
public final class ForeignModels {
  private static final Path FOLDER = Path.of("src/test/resources/foreign");

  private final JsonNode expected;

  public ForeignModels() throws IOException {
    this.expected = new ObjectMapper().readTree(FOLDER.resolve("expected.json").toFile());
  }

  /** The folder of a model. */
  public static Path folder(String model) {
    return FOLDER.resolve(model);
  }

  /** A copy of a model that a test may change. */
  public static Path copy(String model, Path target) throws IOException {
    Path source = folder(model);
    try (var files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return target;
  }

  /**
   * A tensor.
   *
   * @param dtype as numpy calls it
   * @param values in order; those of type string are bytes
   */
  public record Values(String dtype, long[] shape, List<Object> values) {
    /** All values as floats. */
    public float[] floats() {
      float[] floats = new float[values.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = ((Number) values.get(i)).floatValue();
      }
      return floats;
    }

    /** All values as integers. */
    public long[] longs() {
      return values.stream().mapToLong(value -> ((Number) value).longValue()).toArray();
    }

    private Object array() {
      return switch (dtype) {
        case "bool" -> {
          boolean[] bools = new boolean[values.size()];
          IntStream.range(0, bools.length).forEach(i -> bools[i] = (boolean) values.get(i));
          yield bools;
        }
        case "string" -> values.toArray(new byte[0][]);
        case "float64" -> values.stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
        case "int64", "uint32", "uint64" -> longs();
        default ->
            dtype.contains("float")
                ? floats()
                : values.stream().mapToInt(value -> ((Number) value).intValue()).toArray();
      };
    }
  }

  /** The inputs of a model. */
  public Map<String, Values> inputs(String model) {
    return values(expected.path(model).path("inputs"));
  }

  /** The outputs of a model for its inputs. */
  public Map<String, Values> outputs(String model) {
    return values(expected.path(model).path("outputs"));
  }

  /** The inputs of a model but some. */
  public Features.Builder features(String model, String... without) {
    Features.Builder features = Features.builder();
    Map<String, Values> inputs = inputs(model);
    inputs.keySet().removeAll(List.of(without));
    inputs.forEach((name, input) -> features.values(name, input.array(), input.shape()));
    return features;
  }

  private static Map<String, Values> values(JsonNode tensors) {
    Map<String, Values> values = new LinkedHashMap<>();
    for (Iterator<String> names = tensors.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      JsonNode tensor = tensors.get(name);
      String dtype = tensor.get("dtype").asText();
      List<Object> list = new ArrayList<>();
      tensor.get("values").forEach(value -> list.add(value(dtype, value)));
      List<Long> shape = new ArrayList<>();
      tensor.get("shape").forEach(size -> shape.add(size.asLong()));
      values.put(
          name, new Values(dtype, shape.stream().mapToLong(Long::longValue).toArray(), list));
    }
    return values;
  }

  private static Object value(String dtype, JsonNode value) {
    return switch (dtype) {
      case "string" -> Base64.getDecoder().decode(value.asText());
      case "bool" -> value.asBoolean();
      default -> value.isIntegralNumber() ? (Object) value.asLong() : (Object) value.asDouble();
    };
  }
}
