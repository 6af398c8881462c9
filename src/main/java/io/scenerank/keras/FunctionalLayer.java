package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;

/**
 * A layer of a functional model.
 *
 * @param name its name in Keras: {@code dnn/epnet} in Keras 2, {@code dnn__epnet} in Keras 3
 * @param path its path in both: {@code dnn/epnet}
 * @param className name of its class
 * @param config what {@code get_config} of the class gives; the record keeps its own copy
 * @param calls its calls in order; none where it is an input
 */
record FunctionalLayer(
    String name,
    String path,
    String className,
    ObjectNode config,
    ImmutableList<FunctionalCall> calls) {

  /** Class of a model's inputs. */
  static final String INPUT = "InputLayer";

  public FunctionalLayer {
    config = config.deepCopy();
  }

  /** The layer of a name in a generation of Keras. */
  static FunctionalLayer named(
      int generation,
      String name,
      String className,
      ObjectNode config,
      ImmutableList<FunctionalCall> calls) {
    return new FunctionalLayer(name, path(name, generation), className, config, calls);
  }

  /** Path of the layer of a name: Keras 3 has no slash in a name but two underscores. */
  static String path(String name, int generation) {
    return generation == 2 ? name : name.replace("__", "/");
  }

  /** Undoes {@link #path}. */
  static String name(String path, int generation) {
    return generation == 2 ? path : path.replace("/", "__");
  }

  /** A copy. */
  @Override
  public ObjectNode config() {
    return config.deepCopy();
  }

  boolean is(String otherClass) {
    return className.equals(otherClass);
  }

  /** Nodes of the layer that tensors can come from. */
  int nodes() {
    return is(INPUT) ? 1 : calls.size();
  }

  /** The layer in messages: {@code layer 'dnn__epnet' (EpNet)}. */
  String shown() {
    return "layer '"
        + FunctionalFields.shown(name)
        + "' ("
        + FunctionalFields.shown(className)
        + ")";
  }
}
