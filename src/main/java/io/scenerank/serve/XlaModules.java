package io.scenerank.serve;

import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Ranker.InputSpec;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Modules of XLA, which JAX writes into a SavedModel. Whether this TensorFlow can read one shows
 * when it is called and not when it is loaded, so a model that has them is called once.
 */
final class XlaModules {
  private static final String OP = "XlaCallModule";

  private XlaModules() {}

  static boolean areIn(GraphDef graph) {
    return Stream.concat(
            graph.getNodeList().stream(),
            graph.getLibrary().getFunctionList().stream()
                .flatMap(function -> function.getNodeDefList().stream()))
        .map(NodeDef::getOp)
        .anyMatch(OP::equals);
  }

  /**
   * @throws InvalidInputException if TensorFlow cannot read the modules that the signature calls
   */
  static void requireRunnable(Path model, SignatureRunner signature) {
    try {
      signature.predict(oneRow(signature));
    } catch (InvalidInputException e) {
      // That one row of zeros is not an input of the model is another matter.
      if (e.getMessage().contains("deserialize") || e.getMessage().contains(OP)) {
        throw new InvalidInputException(
            model
                + ": the model was exported by JAX, in a form that TensorFlow 2.18 cannot read"
                + " (XlaCallModule); export it with Keras on the TensorFlow backend"
                + " (KERAS_BACKEND=tensorflow, then model.export)",
            e);
      }
    }
  }

  private static Features oneRow(SignatureRunner signature) {
    Features.Builder features = Features.builder();
    for (InputSpec input : signature.inputs().values()) {
      input.type().ifPresent(type -> add(features, input, type));
    }
    return features.build();
  }

  private static void add(Features.Builder features, InputSpec input, FeedType type) {
    long[] shape = input.shape().isUnknown() ? new long[] {1} : input.shape().asArray();
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = shape[axis] == Shape.UNKNOWN_SIZE ? 1 : shape[axis];
    }
    int size = Math.toIntExact(Shape.of(shape).size());
    features.values(input.name(), type.zeros(size), shape);
  }
}
