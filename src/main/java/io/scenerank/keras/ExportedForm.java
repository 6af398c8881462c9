package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.variable.FloatTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A model in the form of Keras 3's files. */
interface ExportedForm {
  /**
   * The model's {@code config.json}.
   *
   * @param compiled how it is compiled; absent where it is not
   */
  ObjectNode config(Optional<ObjectNode> compiled);

  /** Writes all variables where Keras looks for them. */
  void write(Hdf5Writer writer, Map<String, FloatTensor> weights);

  /**
   * Paths of the trained variables in the order of Keras' {@code trainable_variables}.
   *
   * @param paths these in any order
   */
  List<String> trainable(Set<String> paths);
}
