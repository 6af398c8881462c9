package io.scenerank.parity;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.keras.Hdf5;
import io.scenerank.keras.StoredVariable;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training.DropoutSeed;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/** Reads a parity case from its HDF5 file. */
final class CaseReader {
  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * @throws InvalidInputException naming the file and what is missing or unreadable in it
   */
  CaseFile read(Path path) {
    try (Hdf5 file = Hdf5.open(path, path.toString())) {
      return read(path, file);
    }
  }

  private CaseFile read(Path path, Hdf5 file) {
    String kind = text(path, file, "kind");
    if (!kind.equals("layer") && !kind.equals("model")) {
      throw new InvalidInputException(
          path + ": attribute 'kind' is '" + kind + "', expected layer or model");
    }
    ImmutableMap<String, StoredVariable> inputs = file.arrays("inputs");
    if (inputs.isEmpty()) {
      throw new InvalidInputException(path + ": the group 'inputs' is missing or empty");
    }
    ImmutableMap.Builder<String, FloatTensor> floats = ImmutableMap.builder();
    ImmutableMap.Builder<String, IntTensor> ints = ImmutableMap.builder();
    inputs.forEach(
        (name, dataset) -> {
          if (dataset.isFloat()) {
            floats.put(name, toFloats(path, dataset));
          } else {
            ints.put(name, toIds(path, dataset));
          }
        });
    return new CaseFile(
        path,
        CaseFile.Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
        text(path, file, "name"),
        mapper.parse(text(path, file, "config"), path + ": attribute 'config'"),
        CaseSource.masking(file.text("", "source")),
        floats.buildOrThrow(),
        ints.buildOrThrow(),
        floats(path, file, "weights"),
        floats(path, file, "outputs"),
        floats(path, file, "cotangents"),
        map(file, "labels", (name, dataset) -> numbers(path, dataset)),
        floats(path, file, "sample_weights"),
        gradientRows(path, file),
        floats(path, file, "input_grads"),
        floats(path, file, "weight_grads"),
        file.hasGroup("steps") ? Optional.of(steps(path, file)) : Optional.empty());
  }

  private CaseFile.Steps steps(Path path, Hdf5 file) {
    ImmutableMap<String, StoredVariable> steps = file.arrays("steps");
    IntTensor batchRows = toInts(path, step(path, steps, "batch_rows"));
    if (batchRows.shape().numDimensions() != 2) {
      throw new InvalidInputException(
          path
              + ": 'steps/batch_rows' has the shape "
              + batchRows.shape()
              + ", expected [steps, rows]");
    }
    return new CaseFile.Steps(
        batchRows,
        toFloats(path, step(path, steps, "loss")),
        map(
            file,
            "steps/dropout_seeds",
            (name, dataset) -> {
              int[] words = words(path, dataset, 2);
              return new DropoutSeed(words[0], words[1]);
            }),
        map(file, "steps/initializer_seeds", (name, dataset) -> words(path, dataset, 1)[0]),
        floats(path, file, "steps/weights_after"),
        floats(path, file, "steps/loss_weights"));
  }

  /** The words of a seed. */
  private static int[] words(Path path, StoredVariable dataset, int count) {
    int[] words = toInts(path, dataset).values();
    if (words.length != count) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: '%s' has %d words, expected %d",
              path,
              dataset.key(),
              words.length,
              count));
    }
    return words;
  }

  private ImmutableMap<String, FloatTensor> floats(Path path, Hdf5 file, String group) {
    return map(file, group, (name, dataset) -> toFloats(path, dataset));
  }

  private static <T> ImmutableMap<String, T> map(
      Hdf5 file, String group, BiFunction<String, StoredVariable, T> convert) {
    ImmutableMap.Builder<String, T> values = ImmutableMap.builder();
    file.arrays(group).forEach((name, dataset) -> values.put(name, convert.apply(name, dataset)));
    return values.buildOrThrow();
  }

  private static String text(Path path, Hdf5 file, String name) {
    return file.text("", name)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    path
                        + ": the text attribute '"
                        + name
                        + "' is missing; this is not a parity case"));
  }

  private static StoredVariable step(
      Path path, ImmutableMap<String, StoredVariable> steps, String name) {
    StoredVariable found = steps.get(name);
    if (found == null) {
      throw new InvalidInputException(path + ": 'steps/" + name + "' is missing");
    }
    return found;
  }

  private static Optional<Integer> gradientRows(Path path, Hdf5 file) {
    Object value = file.attribute("", "gradient_rows").orElse(null);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof Number rows) || rows.intValue() < 1) {
      throw new InvalidInputException(
          path + ": attribute 'gradient_rows' is " + value + ", expected at least 1");
    }
    return Optional.of(rows.intValue());
  }

  private static FloatTensor toFloats(Path path, StoredVariable array) {
    if (!array.isFloat()) {
      throw new InvalidInputException(
          path + ": '" + array.key() + "' holds no floats but " + array.dtype());
    }
    return new FloatTensor(array.shape(), array.values().floats());
  }

  /** Labels may be integers. */
  private static FloatTensor numbers(Path path, StoredVariable array) {
    return array.isFloat() || !array.dtype().startsWith("int")
        ? toFloats(path, array)
        : new FloatTensor(array.shape(), array.values().floats());
  }

  /** Ids of any integer type that are no larger than an id can be. */
  private static IntTensor toIds(Path path, StoredVariable array) {
    for (long id : array.values().integers()) {
      if (id != (int) id) {
        throw new InvalidInputException(
            path + ": '" + array.key() + "' holds " + id + ", expected integers of 32 bits");
      }
    }
    return toInts(path, array);
  }

  private static IntTensor toInts(Path path, StoredVariable array) {
    if (array.isFloat()) {
      throw new InvalidInputException(
          path + ": '" + array.key() + "' holds floats, expected integers");
    }
    // Seed words are unsigned and keep their bits.
    int[] ints = Arrays.stream(array.values().integers()).mapToInt(value -> (int) value).toArray();
    return new IntTensor(array.shape(), ints);
  }
}
