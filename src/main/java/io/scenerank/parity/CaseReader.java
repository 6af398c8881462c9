package io.scenerank.parity;

import com.google.common.collect.ImmutableMap;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.FloatTensor;
import io.scenerank.layer.Training.DropoutSeed;
import java.lang.reflect.Array;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.tensorflow.ndarray.Shape;

/** Reads a parity case from its HDF5 file. */
final class CaseReader {
  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * @throws InvalidInputException naming the file and what is missing or unreadable in it
   */
  CaseFile read(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new InvalidInputException(path + ": no such file");
    }
    try (HdfFile file = new HdfFile(path)) {
      return read(path, file);
    } catch (InvalidInputException e) {
      throw e;
    } catch (HdfException
        | IndexOutOfBoundsException
        | BufferUnderflowException
        | IllegalArgumentException
        | NegativeArraySizeException e) {
      // A damaged file surfaces from the reader in any of these.
      throw new InvalidInputException(path + ": damaged or no HDF5 file (" + firstLine(e) + ")", e);
    }
  }

  private CaseFile read(Path path, HdfFile file) {
    String kind = text(path, file, "kind");
    if (!kind.equals("layer") && !kind.equals("model")) {
      throw new InvalidInputException(
          path + ": attribute 'kind' is '" + kind + "', expected layer or model");
    }
    ImmutableMap<String, Dataset> inputs = datasets(file, "inputs");
    if (inputs.isEmpty()) {
      throw new InvalidInputException(path + ": the group 'inputs' is missing or empty");
    }
    ImmutableMap.Builder<String, FloatTensor> floats = ImmutableMap.builder();
    ImmutableMap.Builder<String, IntTensor> ints = ImmutableMap.builder();
    inputs.forEach(
        (name, dataset) -> {
          if (isFloat(dataset)) {
            floats.put(name, toFloats(path, dataset));
          } else {
            ints.put(name, toInts(path, dataset));
          }
        });
    return new CaseFile(
        path,
        CaseFile.Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
        text(path, file, "name"),
        mapper.parse(text(path, file, "config"), path + ": attribute 'config'"),
        floats.buildOrThrow(),
        ints.buildOrThrow(),
        floats(path, file, "weights"),
        floats(path, file, "outputs"),
        floats(path, file, "cotangents"),
        floats(path, file, "labels"),
        gradientRows(path, file),
        floats(path, file, "input_grads"),
        floats(path, file, "weight_grads"),
        file.getChild("steps") == null ? Optional.empty() : Optional.of(steps(path, file)));
  }

  private CaseFile.Steps steps(Path path, HdfFile file) {
    ImmutableMap<String, Dataset> steps = datasets(file, "steps");
    for (String required : new String[] {"batch_rows", "loss"}) {
      if (!steps.containsKey(required)) {
        throw new InvalidInputException(path + ": 'steps/" + required + "' is missing");
      }
    }
    IntTensor batchRows = toInts(path, steps.get("batch_rows"));
    if (batchRows.shape().numDimensions() != 2) {
      throw new InvalidInputException(
          path
              + ": 'steps/batch_rows' has the shape "
              + batchRows.shape()
              + ", expected [steps, rows]");
    }
    return new CaseFile.Steps(
        batchRows,
        toFloats(path, steps.get("loss")),
        map(
            file,
            "steps/dropout_seeds",
            (name, dataset) -> {
              int[] words = words(path, dataset, 2);
              return new DropoutSeed(words[0], words[1]);
            }),
        map(file, "steps/initializer_seeds", (name, dataset) -> words(path, dataset, 1)[0]),
        floats(path, file, "steps/weights_after"));
  }

  /** The words of a seed. */
  private static int[] words(Path path, Dataset dataset, int count) {
    int[] words = toInts(path, dataset).values();
    if (words.length != count) {
      throw new InvalidInputException(
          String.format(
              "%s: '%s' has %d words, expected %d",
              path, dataset.getPath().substring(1), words.length, count));
    }
    return words;
  }

  private ImmutableMap<String, FloatTensor> floats(Path path, HdfFile file, String group) {
    return map(file, group, (name, dataset) -> toFloats(path, dataset));
  }

  private static <T> ImmutableMap<String, T> map(
      HdfFile file, String group, BiFunction<String, Dataset, T> convert) {
    ImmutableMap.Builder<String, T> values = ImmutableMap.builder();
    datasets(file, group)
        .forEach((name, dataset) -> values.put(name, convert.apply(name, dataset)));
    return values.buildOrThrow();
  }

  /** The data sets below a group by their path inside it; none where there is no such group. */
  private static ImmutableMap<String, Dataset> datasets(HdfFile file, String groupPath) {
    Node node = file;
    for (String name : groupPath.split("/")) {
      node = node instanceof Group group ? group.getChild(name) : null;
    }
    ImmutableMap.Builder<String, Dataset> datasets = ImmutableMap.builder();
    if (node instanceof Group group) {
      collect(group, "", datasets);
    }
    return datasets.buildOrThrow();
  }

  private static void collect(
      Group group, String prefix, ImmutableMap.Builder<String, Dataset> datasets) {
    for (Map.Entry<String, Node> child : group.getChildren().entrySet()) {
      if (child.getValue() instanceof Group nested) {
        collect(nested, prefix + child.getKey() + "/", datasets);
      } else if (child.getValue() instanceof Dataset dataset) {
        datasets.put(prefix + child.getKey(), dataset);
      }
    }
  }

  private static String text(Path path, HdfFile file, String name) {
    Attribute attribute = file.getAttribute(name);
    if (attribute == null || !(attribute.getData() instanceof String value)) {
      throw new InvalidInputException(
          path + ": the text attribute '" + name + "' is missing; this is no parity case");
    }
    return value;
  }

  private static Optional<Integer> gradientRows(Path path, HdfFile file) {
    Attribute attribute = file.getAttribute("gradient_rows");
    if (attribute == null) {
      return Optional.empty();
    }
    Object value = attribute.getData();
    if (!(value instanceof Number rows) || rows.intValue() < 1) {
      throw new InvalidInputException(
          path + ": attribute 'gradient_rows' is " + value + ", expected at least 1");
    }
    return Optional.of(rows.intValue());
  }

  private static boolean isFloat(Dataset dataset) {
    Class<?> type = dataset.getJavaType();
    return type == float.class || type == double.class;
  }

  private static FloatTensor toFloats(Path path, Dataset dataset) {
    if (!isFloat(dataset)) {
      throw new InvalidInputException(
          path + ": '" + dataset.getPath() + "' holds no floats but " + dataset.getJavaType());
    }
    double[] values = numbers(dataset);
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return new FloatTensor(shape(dataset), floats);
  }

  private static IntTensor toInts(Path path, Dataset dataset) {
    if (isFloat(dataset)) {
      throw new InvalidInputException(
          path + ": '" + dataset.getPath() + "' holds floats, expected integers");
    }
    // Through long: seed words are unsigned and keep their bits.
    int[] ints = Arrays.stream(numbers(dataset)).mapToInt(value -> (int) (long) value).toArray();
    return new IntTensor(shape(dataset), ints);
  }

  private static double[] numbers(Dataset dataset) {
    if (dataset.getSize() == 0) {
      return new double[0];
    }
    Object flat = dataset.isScalar() ? new Object[] {dataset.getData()} : dataset.getDataFlat();
    double[] values = new double[Array.getLength(flat)];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((Number) Array.get(flat, i)).doubleValue();
    }
    return values;
  }

  private static Shape shape(Dataset dataset) {
    return Shape.of(Arrays.stream(dataset.getDimensions()).mapToLong(i -> i).toArray());
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
