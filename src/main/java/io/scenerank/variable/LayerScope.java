package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TInt32;

/** The place of a layer in the model: its path and the graph's variables. */
public final class LayerScope {
  private final WeightStore store;
  private final String path;

  LayerScope(WeightStore store, String path) {
    this.store = store;
    this.path = path;
  }

  /** The scope of an attribute or a named layer below this one. */
  public LayerScope child(String name) {
    return new LayerScope(store, path.isEmpty() ? name : path + "/" + name);
  }

  /** The scope of an element of a list of layers. */
  public LayerScope child(int index) {
    return child(Integer.toString(index));
  }

  /** The path, without a slash at either end; empty at the root. */
  public String path() {
    return path;
  }

  /** Present in the training form of the graph. */
  public Optional<Training> training() {
    return store.training();
  }

  /** Creates a variable below this scope. */
  public Weight add(String name, Shape shape, Initializer initializer, float l2Reg) {
    return add(name, shape, initializer, l2Reg, true);
  }

  /** Creates a variable that no gradient changes, as a moving statistic. */
  public Weight addUntrained(String name, Shape shape, Initializer initializer) {
    return add(name, shape, initializer, 0f, false);
  }

  private Weight add(
      String name, Shape shape, Initializer initializer, float l2Reg, boolean trainable) {
    String full = child(name).path();
    return store.add(
        full,
        shape,
        ImmutableList.of(new Weight.Part(full, shape, 0, initializer)),
        l2Reg,
        trainable);
  }

  public WeightStore store() {
    return store;
  }

  /**
   * What the training form of a graph has and the inference form has not.
   *
   * @param step number of the training step, scalar, from 0: the running word of every dropout seed
   * @param replayed first seed words of dropout layers by path, where a recorded training is
   *     replayed: layers that are not named drop nothing. Absent, every layer drops, with a seed
   *     from the model's
   * @param fed present where dropout's decisions are fed; absent, ops of the graph draw them
   */
  public record Training(
      Operand<TInt32> step,
      Optional<ImmutableMap<String, DropoutSeed>> replayed,
      Optional<DropoutDraws> fed) {

    /** Dropout decides by ops of the graph. */
    public Training(Operand<TInt32> step, Optional<ImmutableMap<String, DropoutSeed>> replayed) {
      this(step, replayed, Optional.empty());
    }

    /** The state of a Keras 3 {@code SeedGenerator}: the seed and the number of draws so far. */
    public record DropoutSeed(int seed, int counter) {}

    /** The first seed words of a dropout layer; absent if it drops nothing. */
    public Optional<DropoutSeed> dropoutSeed(String path, Seeds seeds) {
      return replayed.isPresent()
          ? Optional.ofNullable(replayed.get().get(path))
          : Optional.of(new DropoutSeed(seeds.of(path), 0));
    }
  }
}
