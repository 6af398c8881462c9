package io.scenerank.layer.base;

import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/** Sees what layers show of their computation. */
@FunctionalInterface
public interface LayerObserver {
  /** Nobody looks. */
  LayerObserver NONE = (path, value) -> {};

  /**
   * Takes a value.
   *
   * @param path of the layer and the name of what it shows, as {@code dnn/epnet/gate}
   * @param value adds it to the graph
   */
  void observe(String path, Supplier<Operand<TFloating>> value);
}
