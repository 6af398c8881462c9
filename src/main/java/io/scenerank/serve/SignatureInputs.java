package io.scenerank.serve;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.serve.Ranker.InputSpec;
import java.util.Locale;

/**
 * What rows of features have to be before they are fed.
 *
 * @param source what errors name in front: the model's folder or name
 * @param specs the inputs by the name of the feature, in the order of the names
 */
record SignatureInputs(String source, ImmutableMap<String, InputSpec> specs) {

  /**
   * Checks names, types, shapes and numbers of rows.
   *
   * @return the number of rows
   * @throws InvalidInputException naming the first feature that is not as expected
   */
  int check(Features features) {
    if (features == null) {
      throw new InvalidInputException(source + ": the features are null, expected rows");
    }
    if (!specs.keySet().containsAll(features.names())) {
      String name = Sets.difference(features.names(), specs.keySet()).iterator().next();
      throw new InvalidInputException(
          source
              + ": feature '"
              + name
              + "' is not an input"
              + SpellingHint.hint(name, specs.keySet()));
    }
    long rows = FeatureValue.ANY;
    for (InputSpec spec : specs.values()) {
      FeatureValue value = features.get(spec.name());
      if (value == null) {
        throw new InvalidInputException(source + ": feature '" + spec.name() + "' is missing");
      }
      spec.check(source, value);
      long found = spec.isScalar() ? FeatureValue.ANY : value.rows();
      if (found != FeatureValue.ANY && rows != FeatureValue.ANY && found != rows) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: feature '%s' has %d rows, the features before it %d",
                source,
                spec.name(),
                found,
                rows));
      }
      rows = found == FeatureValue.ANY ? rows : found;
    }
    return Math.toIntExact(Math.max(rows, 0));
  }
}
