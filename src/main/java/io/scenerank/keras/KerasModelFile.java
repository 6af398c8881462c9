package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.Stored;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.variable.FloatTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.tensorflow.ndarray.Shape;

/** A {@code .keras} file of any functional or sequential model, opened. */
public final class KerasModelFile implements AutoCloseable {
  private final Path path;
  private final KerasArchive archive;
  private final JsonNode config;
  private final Functional model;
  private final Hdf5 file;

  private KerasModelFile(
      Path path, KerasArchive archive, JsonNode config, Functional model, Hdf5 file) {
    this.path = path;
    this.archive = archive;
    this.config = config;
    this.model = model;
    this.file = file;
  }

  /**
   * Opens a file.
   *
   * @throws InvalidInputException naming the file and what is damaged, missing or not known
   */
  public static KerasModelFile open(Path path, LayerTypes types) {
    return open(path, KerasArchive.open(path), types);
  }

  /** Opens the file of an archive, which is closed with it. */
  static KerasModelFile open(Path path, KerasArchive archive, LayerTypes types) {
    try {
      JsonNode config = LookupVocabularies.inlined(archive, path.toString());
      Functional model = ModelReader.read(types, config, path.toString());
      Hdf5 file = Hdf5.open(archive.unpack(Long.MAX_VALUE), path + "!" + KerasArchive.WEIGHTS);
      return new KerasModelFile(path, archive, config, model, file);
    } catch (RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  /** The model. */
  public Functional model() {
    return model;
  }

  /** How messages call the file. */
  String where() {
    return path.toString();
  }

  /** The model's layers and calls, without how it was compiled. */
  public JsonNode json() {
    ObjectNode json = (ObjectNode) config.deepCopy();
    json.remove("compile_config");
    return json;
  }

  /** How the model was compiled; an empty object where it was not. */
  public JsonNode compileConfig() {
    return config.path("compile_config");
  }

  /**
   * The values of a model's variables by their paths.
   *
   * @param tree of the model that was built
   * @throws InvalidInputException with a line for each array that is missing or of another shape
   */
  public ImmutableMap<String, FloatTensor> weights(LayerTree tree) {
    ImmutableMap<String, StoredVariable> arrays = file.arrays("");
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    List<String> problems = new ArrayList<>();
    ImmutableMap<String, VariableNode> variables = byPath(tree);
    variables.values().stream()
        .filter(variable -> variable.stored() == Stored.NOWHERE)
        .forEach(variable -> values.put(variable.path(), zeros(variable.shape())));
    Keras3Layout.arrays(tree)
        .forEach(
            (variable, array) -> {
              StoredVariable stored = arrays.get(array);
              VariableNode node = requireNonNull(variables.get(variable), variable);
              if (stored == null) {
                problems.add("  missing      " + array + " for " + variable);
              } else if (!stored.shape().equals(node.shape())) {
                problems.add(
                    "  other shape  "
                        + array
                        + " is "
                        + stored.shape()
                        + ", expected "
                        + node.shape());
              } else {
                values.put(variable, stored.read(path.toString()));
              }
            });
    if (!problems.isEmpty()) {
      throw new InvalidInputException(
          path + ": its arrays are not those of its layers", ImmutableList.copyOf(problems));
    }
    return values.buildOrThrow();
  }

  /**
   * The state of the optimizer; absent where the file holds none that fits.
   *
   * @param tree of the model that was built
   * @param trained whether the variable at a path is trained
   */
  public Optional<KerasOptimizerState> optimizerState(
      KerasOptimizer optimizer, LayerTree tree, Predicate<String> trained) {
    return KerasOptimizerState.read(file.arrays(""), optimizer, tree, trained, path.toString());
  }

  /**
   * A line about arrays whose values are rounded when they are read; none where there are no such.
   *
   * @param tree of the model that was built
   */
  ImmutableList<String> rounded(LayerTree tree) {
    ImmutableMap<String, StoredVariable> arrays = file.arrays("");
    List<StoredVariable> doubles =
        Keras3Layout.arrays(tree).values().stream()
            .map(arrays::get)
            .filter(Objects::nonNull)
            .filter(array -> array.dtype().equals("float64"))
            .toList();
    return doubles.isEmpty()
        ? ImmutableList.of()
        : ImmutableList.of(
            String.format(
                Locale.ROOT,
                "%s: %d arrays are float64 and are rounded to float32, %s first; an export has"
                    + " these values as float64",
                path,
                doubles.size(),
                doubles.get(0).key()));
  }

  private static FloatTensor zeros(Shape shape) {
    return new FloatTensor(shape, new float[Math.toIntExact(shape.size())]);
  }

  private static ImmutableMap<String, VariableNode> byPath(LayerTree tree) {
    ImmutableMap.Builder<String, VariableNode> all = ImmutableMap.builder();
    collect(tree, all);
    return all.buildKeepingLast();
  }

  private static void collect(LayerTree tree, ImmutableMap.Builder<String, VariableNode> all) {
    tree.variables().forEach(variable -> all.put(variable.path(), variable));
    tree.children().forEach(child -> collect(child, all));
  }

  @Override
  public void close() {
    file.close();
    archive.close();
  }
}
