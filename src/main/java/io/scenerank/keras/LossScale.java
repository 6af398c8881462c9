package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/**
 * Keras' {@code LossScaleOptimizer} around another optimizer: given to {@code compile}, or put
 * there by it for a model in float16. Its variables are its own step and learning rate, which
 * nothing uses, the steps since the scale changed, and the scale; those of the inner optimizer
 * follow.
 */
final class LossScale {
  private static final int VARIABLES = 4;

  /** Keras 2 counts its classes. */
  private static final Pattern CLASS = Pattern.compile("(.*>)?LossScaleOptimizer(V\\d)?");

  private static final int SCALE = 3;

  private LossScale() {}

  /** The optimizer inside, as {@code class_name} and {@code config}; another as it is. */
  static JsonNode inner(JsonNode optimizer) {
    return isOne(optimizer) ? optimizer.path("config").path("inner_optimizer") : optimizer;
  }

  private static boolean isOne(JsonNode optimizer) {
    return CLASS.matcher(optimizer.path("class_name").asText()).matches();
  }

  /** Its own variables, the first ones; none where the list is another optimizer's. */
  static List<StoredVariable> own(List<StoredVariable> stored) {
    // The third variable of another optimizer is a float.
    for (int i = 0; i < VARIABLES; i++) {
      if (i == stored.size()
          || !stored.get(i).shape().equals(Shape.scalar())
          || stored.get(i).isFloat() != (i % 2 == 1)) {
        return List.of();
      }
    }
    return stored.subList(0, VARIABLES);
  }

  /** The variables without its own. */
  static List<StoredVariable> without(List<StoredVariable> stored) {
    return stored.subList(own(stored).size(), stored.size());
  }

  /** The scale that a file holds. */
  static Optional<Float> of(List<StoredVariable> stored, String where) {
    return own(stored).stream().skip(SCALE).findFirst().map(scale -> scale.read(where).values()[0]);
  }

  /**
   * A line that says what is not carried over; empty where nothing scales the loss.
   *
   * @param optimizer as the model was compiled
   */
  static Optional<String> warning(KerasModelFile file, JsonNode optimizer) {
    Optional<Float> scale = file.lossScale();
    if (scale.isEmpty() && !isOne(optimizer)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s: the optimizer scales the loss (LossScaleOptimizer%s), which is not carried over:"
                + " training and exports have the optimizer inside alone, and in float16 gradients"
                + " below 6e-8 become 0",
            file.where(),
            scale.map(value -> String.format(Locale.ROOT, ", at %.0f", value)).orElse("")));
  }
}
