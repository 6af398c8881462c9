package io.scenerank.parity;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The call's arguments by name; it remembers which of them a layer has read. */
final class LayerInputs {
  private final CaseFile file;
  private final ImmutableMap<String, Operand<TFloat32>> byName;
  private final Set<String> used = new HashSet<>();

  LayerInputs(CaseFile file, ImmutableMap<String, Operand<TFloat32>> byName) {
    this.file = file;
    this.byName = byName;
  }

  Operand<TFloat32> get(String name) {
    used.add(name);
    if (file.intInputs().containsKey(name)) {
      throw problem(name, "holds integers, expected floats");
    }
    Operand<TFloat32> input = byName.get(name);
    if (input == null) {
      throw problem(name, "is missing");
    }
    return input;
  }

  /** Ids that the file may leave out; no gradient is taken of them. */
  Optional<Operand<TInt32>> ids(Ops tf, String name) {
    used.add(name);
    if (byName.containsKey(name)) {
      throw problem(name, "holds floats, expected integers");
    }
    return Optional.ofNullable(file.intInputs().get(name))
        .map(ids -> tf.reshape(tf.constant(ids.values()), tf.constant(ids.shape().asArray())));
  }

  private InvalidInputException problem(String name, String what) {
    return new InvalidInputException(
        file.path() + ": the input '" + name + "' of " + file.name() + " " + what);
  }

  /**
   * @throws InvalidInputException if the file has an input that the layer did not ask for
   */
  void requireAllUsed() {
    for (String name :
        Sets.difference(Sets.union(byName.keySet(), file.intInputs().keySet()), used)) {
      throw new InvalidInputException(
          file.path()
              + ": the input '"
              + name
              + "' is none of "
              + file.name()
              + SpellingHint.hint(name, used));
    }
  }
}
