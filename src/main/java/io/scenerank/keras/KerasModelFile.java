package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultimap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.keras.ModelArrays.Place;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.Stored;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.variable.FloatTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.tensorflow.ndarray.Shape;

/** A file or folder of a model, opened. */
public final class KerasModelFile implements AutoCloseable {
  private final Path path;
  private final Optional<ModelJson> described;
  private final Functional model;
  private final ModelFiles files;

  /**
   * How far an optimizer has come.
   *
   * @param iteration number of finished steps
   * @param learningRate the rate, where it is a number
   * @param slots values of the optimizer's variables by their paths here
   */
  public record OptimizerState(
      long iteration, Optional<Float> learningRate, ImmutableMap<String, FloatTensor> slots) {

    /** The value of a slot that the file holds. */
    FloatTensor slot(String path) {
      return requireNonNull(slots.get(path), path);
    }
  }

  /**
   * @param described the file's own model, where something describes it
   * @param model that the file's arrays are those of
   * @param files closed by this
   */
  KerasModelFile(Path path, Optional<ModelJson> described, Functional model, ModelFiles files) {
    this.path = path;
    this.described = described;
    this.model = model;
    this.files = files;
  }

  /**
   * Opens a file that describes its model, or has its JSON next to it.
   *
   * @throws InvalidInputException naming the file and what is damaged, missing or not known
   */
  public static KerasModelFile open(Path path, LayerTypes types) {
    return open(
        path,
        ModelJson.of(path, Optional.empty())
            .orElseThrow(() -> new InvalidInputException(path + ": " + ModelJson.NONE)),
        types);
  }

  /**
   * Opens a file.
   *
   * @param described the model
   * @throws InvalidInputException naming the file and what is damaged, missing or not known
   */
  static KerasModelFile open(Path path, ModelJson described, LayerTypes types) {
    Functional model = ModelReader.read(types, described.json(), described.where());
    return new KerasModelFile(path, Optional.of(described), model, ModelFiles.open(path));
  }

  /** The model. */
  public Functional model() {
    return model;
  }

  /** How messages call the file. */
  String where() {
    return path.toString();
  }

  /**
   * Reads all that the file has of a model.
   *
   * @param tree of the model that was built, its layers in the order of the file's model
   * @param trained paths of the variables that are trained
   * @param training changes how the model was compiled
   * @throws InvalidInputException as {@link #weights}
   */
  KerasModel read(
      ModelDefinition<?> definition,
      LayerTree tree,
      ImmutableSet<String> trained,
      UnaryOperator<TrainingConfig> training) {
    ImmutableMap<String, FloatTensor> weights = weights(tree);
    GraphTraining compiled = GraphTraining.of(this, tree, trained, definition.params().taskNames());
    return new KerasModel(
        path,
        kind(),
        new Experiment(definition, training.apply(compiled.training())),
        compiled.state(weights),
        Optional.empty(),
        Optional.empty(),
        ImmutableList.<String>builder()
            .addAll(KerasVersion.warning(this))
            .addAll(rounded(tree))
            .addAll(compiled.warnings())
            .build());
  }

  /** What the file is, as in {@code .h5 of Keras 2}. */
  String kind() {
    return files.label(described);
  }

  /** The generation of Keras whose model it is; absent where another program wrote it. */
  Optional<Integer> generation() {
    return described.map(ModelJson::generation).or(files::generation);
  }

  /** The version of Keras that wrote it, where it says so. */
  Optional<String> kerasVersion() {
    return files.kerasVersion();
  }

  /** What the file calls its optimizer, where it does. */
  Optional<String> optimizerName() {
    return files.arrays().optimizerName();
  }

  /**
   * The model's layers and calls, without how it was compiled.
   *
   * @throws IllegalStateException if nothing describes them
   */
  public JsonNode json() {
    return described.orElseThrow(IllegalStateException::new).withoutCompiled();
  }

  /** How the model was compiled; an empty object where that is not known. */
  public JsonNode compileConfig() {
    return described.map(ModelJson::compileConfig).orElseGet(() -> new ConfigMapper().newObject());
  }

  /**
   * The values of a model's variables by their paths.
   *
   * @param tree of the model that was built
   * @throws InvalidInputException naming an array that is missing, of another shape or not the
   *     model's; with a line for each where there are several
   */
  public ImmutableMap<String, FloatTensor> weights(LayerTree tree) {
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    List<String> problems = new ArrayList<>();
    List<Place> lacking = new ArrayList<>();
    Set<String> found = new HashSet<>();
    ImmutableMultimap<String, Place> places = files.arrays().places(tree);
    for (VariableNode variable : VariableOrder.of(tree)) {
      if (variable.stored() == Stored.NOWHERE && !places.containsKey(variable.path())) {
        values.put(variable.path(), zeros(variable.shape()));
      }
      for (Place place : places.get(variable.path())) {
        if (place.array().isEmpty()) {
          lacking.add(place);
          problems.add(place.name() + " is missing, " + variable.path() + " of the model");
          continue;
        }
        StoredVariable stored = place.array().get();
        found.add(stored.whole().key());
        if (stored.shape().equals(variable.shape())) {
          values.put(variable.path(), stored.read(path.toString()));
        } else {
          problems.add(
              String.format(
                  "%s is %s, expected %s, the shape of %s of the model",
                  place.name(), stored.shape(), variable.shape(), variable.path()));
        }
      }
    }
    files.arrays().weights().stream()
        .filter(stored -> !found.contains(stored.key()))
        .forEach(
            stored ->
                problems.add("array '" + stored.key() + "' belongs to no layer of the model"));
    if (!problems.isEmpty()) {
      if (lacking.size() == problems.size()) {
        requireNestedLists(lacking, problems.get(0));
      }
      throw new InvalidInputException(
          path + ": " + problems.get(0) + more(problems.size() - 1),
          ImmutableList.copyOf(problems));
    }
    // Of two arrays of a variable Keras reads that of the inner layer last.
    return values.buildKeepingLast();
  }

  /** Says in one line that a file lacks only what Keras 2 never writes into its kind. */
  private void requireNestedLists(List<Place> lacking, String first) {
    if (lacking.stream().allMatch(place -> place.name().contains("/container"))) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: Keras 2 leaves lists within lists out of such a file, %d arrays of the model;"
                  + " expected a .h5 or a SavedModel: %s",
              path,
              lacking.size(),
              first));
    }
  }

  private static String more(int others) {
    return others == 0 ? "" : " (and " + others + " more)";
  }

  /** The scale of the loss, where the file holds an optimizer that scales it. */
  Optional<Float> lossScale() {
    return LossScale.of(files.arrays().optimizer(), path.toString());
  }

  /** Whether the file holds an optimizer that has run. */
  boolean hasOptimizerState() {
    return files.arrays().optimizer().size() > 2;
  }

  /** The learning rate that the file holds, of any optimizer. */
  Optional<Float> learningRate() {
    return files.arrays().optimizer().stream()
        .skip(1)
        .limit(1)
        .filter(rate -> rate.isFloat() && rate.shape().numDimensions() == 0)
        .map(rate -> rate.read(path.toString()).values()[0])
        .findFirst();
  }

  /**
   * The state of the optimizer; absent where the file holds none that fits.
   *
   * @param tree of the model that was built
   * @param trained whether the variable at a path is trained
   */
  public Optional<OptimizerState> optimizerState(
      KerasOptimizer optimizer, LayerTree tree, Predicate<String> trained) {
    return OptimizerSlots.read(
        files.arrays().optimizer(), optimizer, tree, trained, path.toString());
  }

  /**
   * A line about arrays whose values are rounded when they are read; none where there are no such.
   *
   * @param tree of the model that was built
   */
  ImmutableList<String> rounded(LayerTree tree) {
    List<StoredVariable> doubles =
        files.arrays().places(tree).values().stream()
            .flatMap(place -> place.array().stream())
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

  @Override
  public void close() {
    files.close();
  }
}
