package io.scenerank.layer.preprocessing;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.layer.preprocessing.CategoryEncoder.Mode;
import io.scenerank.variable.Initializer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * The place of a term in a vocabulary: first the mask's, then those of unknown terms, then the
 * terms; or with {@code invert} the term at a place.
 *
 * <p>Input [B, …], output int64 of the same shape, or vectors as in {@link CategoryEncoder}, which
 * have no place for the mask. With {@code tf_idf}, variable {@code idf_weights} [places], which no
 * gradient changes.
 *
 * @param <T> what a term is
 */
abstract class IndexLookup<T> extends Layer {
  private final Mode mode;
  private final ImmutableList<T> terms;
  private final int firstUnknown;
  private final int unknowns;

  IndexLookup(LayerConfig config) {
    super(config);
    this.mode =
        CategoryEncoder.mode(
            config, Mode.INT, Mode.ONE_HOT, Mode.MULTI_HOT, Mode.COUNT, Mode.TF_IDF);
    this.unknowns = config.integer("num_oov_indices", 0);
    this.firstUnknown = hasMask() && mode == Mode.INT ? 1 : 0;
    this.terms = withoutSpecials();
    requireTerms();
  }

  /** Adds the arguments that both layers have. */
  static LayerType arguments(LayerType type, Object unknown) {
    return type.argument("max_tokens", null)
        .argument("num_oov_indices", 1)
        .argument("mask_token", null)
        .argument("oov_token", unknown)
        .argument("vocabulary", null)
        .argument("vocabulary_size", null)
        .argument("has_input_vocabulary", null)
        .argument("idf_weights", null)
        .argument("invert", false)
        .argument("output_mode", "int")
        .only("sparse", false)
        .argument("pad_to_max_tokens", false)
        .argument("oov_method", "floormod")
        .argument("salt", null);
  }

  /** The argument {@code vocabulary}, with or without the special terms. */
  abstract ImmutableList<T> vocabulary();

  /** A term that an argument holds. */
  abstract T term(String key);

  /** The places of terms among those of the vocabulary, or {@code missing}. */
  abstract Operand<TInt64> find(Ops tf, MaskedTensor x, List<T> all, long missing);

  /** Where a term is another one. */
  abstract Operand<TBool> isTerm(Ops tf, MaskedTensor x, T term);

  /** Which of several places an unknown term has, from 0. */
  abstract Operand<TInt64> unknown(Ops tf, MaskedTensor x, int count);

  /** Terms as a constant of a graph. */
  abstract Operand<? extends TType> constant(Ops tf, List<T> all);

  private boolean hasMask() {
    return config().has("mask_token");
  }

  private ImmutableList<T> withoutSpecials() {
    if (!config().has("vocabulary")) {
      throw config()
          .wrong(
              "vocabulary",
              "terms: adapt has found none, or this file has none of an adapted layer, as a .h5; a"
                  + " .keras or SavedModel of the model has them (--model)");
    }
    ImmutableList<T> all = vocabulary();
    List<T> special = new ArrayList<>();
    if (firstUnknown > 0) {
      special.add(term("mask_token"));
    }
    for (int i = 0; i < unknowns; i++) {
      special.add(term("oov_token"));
    }
    boolean found = all.size() >= special.size() && all.subList(0, special.size()).equals(special);
    return found ? all.subList(special.size(), all.size()) : all;
  }

  private void requireTerms() {
    if (terms.isEmpty() || ImmutableSet.copyOf(terms).size() < terms.size()) {
      throw config().wrong("vocabulary", "at least one term, and each once");
    }
    if (config().flag("invert") && mode != Mode.INT) {
      throw config().wrong("output_mode", "int with invert");
    }
    if (config().flag("pad_to_max_tokens") && depth() < firstUnknown + unknowns + terms.size()) {
      throw config().wrong("max_tokens", "at least the number of terms");
    }
  }

  private int depth() {
    return config().flag("pad_to_max_tokens")
        ? config().integer("max_tokens", 1)
        : firstUnknown + unknowns + terms.size();
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public boolean storesByName() {
    return true;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    if (config().flag("invert")) {
      return (context, arguments) ->
          Structure.leaf(MaskedTensor.of(termAt(context.tf(), arguments.only())));
    }
    Optional<Variable> weights =
        mode == Mode.TF_IDF
            ? Optional.of(scope.addUntrained("idf_weights", Shape.of(depth()), firstWeights()))
            : Optional.empty();
    Class<? extends TFloating> type = scope.policy().compute();
    return (context, arguments) -> {
      Operand<TInt64> places = places(context, arguments.only());
      return Structure.leaf(
          MaskedTensor.of(mode == Mode.INT ? places : vectors(context, places, weights, type)));
    };
  }

  private Operand<TFloating> vectors(
      CallContext context,
      Operand<TInt64> places,
      Optional<Variable> weights,
      Class<? extends TFloating> type) {
    Ops tf = context.tf();
    Mode counted = mode == Mode.TF_IDF ? Mode.COUNT : mode;
    Operand<TFloating> vectors =
        new CategoryEncoder(counted, depth()).vectors(tf, places, Optional.empty(), type);
    return weights.isPresent() ? tf.math.mul(vectors, weights.get().read(tf)) : vectors;
  }

  /** The weights of the argument, special terms with their mean, unused places with 0. */
  private Initializer firstWeights() {
    if (!config().has("idf_weights")) {
      return Initializer.ZEROS;
    }
    double[] given = config().numbers("idf_weights");
    float[] all = new float[depth()];
    int front = given.length == terms.size() ? firstUnknown + unknowns : 0;
    double mean = Arrays.stream(given).average().orElse(0);
    Arrays.fill(all, 0, front, (float) mean);
    for (int i = 0; i < given.length && front + i < all.length; i++) {
      all[front + i] = (float) given[i];
    }
    return (tf, shape, seed) -> tf.constant(all);
  }

  private Operand<TInt64> places(CallContext context, MaskedTensor x) {
    Ops tf = context.tf();
    long offset = (long) firstUnknown + unknowns;
    Operand<TInt64> found = find(tf, x, terms, -1);
    Operand<TBool> isUnknown = tf.math.equal(found, tf.constant(-1L));
    Operand<TInt64> places = tf.math.add(found, tf.constant(offset));
    if (unknowns > 0) {
      Operand<TInt64> other =
          unknowns == 1
              ? tf.constant((long) firstUnknown)
              : tf.math.add(unknown(tf, x, unknowns), tf.constant((long) firstUnknown));
      places = tf.select(isUnknown, other, places);
    } else {
      places = tf.select(isUnknown, tf.constant(-1L), places);
    }
    if (hasMask()) {
      // A vector has no place for the mask.
      long place = mode == Mode.INT ? 0 : Long.MAX_VALUE;
      places = tf.select(isTerm(tf, x, term("mask_token")), tf.constant(place), places);
    }
    return unknowns > 0 ? places : known(tf, places);
  }

  /** Fails where a term is unknown and has no place. */
  private Operand<TInt64> known(Ops tf, Operand<TInt64> places) {
    Operand<TBool> fine =
        tf.reduceAll(
            tf.math.greaterEqual(tf.reshape(places, tf.constant(new int[] {-1})), tf.constant(0L)),
            tf.constant(0));
    Operand<?> message =
        tf.constant(
            config().shown() + ": a value is not in the vocabulary, and num_oov_indices is 0");
    return tf.withControlDependencies(tf.assertThat(fine, List.of(message))).identity(places);
  }

  /** The terms at places; elsewhere the term for unknown ones. */
  private Operand<? extends TType> termAt(Ops tf, MaskedTensor x) {
    List<T> all = new ArrayList<>();
    if (firstUnknown > 0) {
      all.add(term("mask_token"));
    }
    for (int i = 0; i < unknowns; i++) {
      all.add(term("oov_token"));
    }
    all.addAll(terms);
    int beyond = all.size();
    all.add(term("oov_token"));
    Operand<TInt64> places = Casts.to(tf, x.value(), TInt64.class);
    Operand<TBool> inside =
        tf.math.logicalAnd(
            tf.math.greaterEqual(places, tf.constant(0L)),
            tf.math.less(places, tf.constant((long) beyond)));
    return tf.gather(
        constant(tf, all), tf.select(inside, places, tf.constant((long) beyond)), tf.constant(0));
  }
}
