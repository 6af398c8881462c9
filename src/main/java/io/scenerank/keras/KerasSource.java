package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file or folder that holds a trained model, opened. Variables are read on demand; close it when
 * all are.
 *
 * @param path the file or folder
 * @param kind what it is
 * @param kerasVersion version of Keras that wrote it, where it says so
 * @param model the functional model that it describes, if any
 * @param layers the layers in the model's order, where a JSON of the model lists them
 * @param description columns and parameters that this library wrote into it, if any
 * @param compileConfig how the model was compiled, where the source says so
 * @param variables the model's variables
 * @param locator finds the model's variables among them
 * @param optimizer state of the optimizer, where the source has one
 * @param resource what has to be closed
 */
record KerasSource(
    Path path,
    Kind kind,
    Optional<String> kerasVersion,
    Optional<FunctionalModel> model,
    Optional<ImmutableList<ListedLayer>> layers,
    Optional<JsonNode> description,
    Optional<JsonNode> compileConfig,
    ImmutableList<StoredVariable> variables,
    VariableLocator locator,
    Optional<StoredOptimizer> optimizer,
    Runnable resource)
    implements AutoCloseable {

  /** The kinds of sources. */
  enum Kind {
    KERAS_ARCHIVE(".keras of Keras 3", 3, false),
    KERAS2_ARCHIVE(".keras of Keras 2", 2, false),
    KERAS3_WEIGHTS("weights of Keras 3", 3, false),
    KERAS2_OBJECTS("weights of Keras 2 without names", 2, false),
    KERAS3_LAYERED(".h5 of Keras 3", 3, false),
    KERAS2_WEIGHTS("weights of Keras 2", 2, false),
    KERAS2_SAVED_MODEL("SavedModel of Keras 2", 2, true),
    KERAS3_SAVED_MODEL("SavedModel of Keras 3", 3, true),
    OWN_SAVED_MODEL("SavedModel of SceneRank", 2, true),
    TUNED_SAVED_MODEL("SavedModel of SceneRank, saved by Python", 2, true),
    SAVED_MODEL("SavedModel", 2, true);

    private final String label;
    private final int generation;
    private final boolean serves;

    Kind(String label, int generation, boolean serves) {
      this.label = label;
      this.generation = generation;
      this.serves = serves;
    }

    String label() {
      return label;
    }

    int generation() {
      return generation;
    }

    /** Whether the source carries a graph that serves. */
    boolean serves() {
      return serves;
    }
  }

  /** The generation of Keras that trained it. */
  int generation() {
    return model.map(FunctionalModel::generation).orElse(kind.generation());
  }

  /** How messages call the source. */
  String where() {
    return path.toString();
  }

  @Override
  public void close() {
    resource.run();
  }
}
