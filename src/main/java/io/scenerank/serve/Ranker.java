package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.variable.Shapes;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Scores rows of features: a SavedModel ({@link SavedModelPredictor}) or a model that is built from
 * its description and its weights ({@code NativeRanker}). A service can swap one for the other: the
 * same weights give the same scores, and wrong input the same messages.
 *
 * <p>The contract, which {@link CandidateRanker} keeps too:
 *
 * <ul>
 *   <li>Every method may be called from many threads at once, {@link #close} among them.
 *   <li>{@link #predict} is one call of the model: its rows do not mix with those of other threads,
 *       and a call that fails leaves the ranker as it was.
 *   <li>Wrong input is an {@link InvalidInputException} of one line that names the feature, and the
 *       row where there is one; so are null features, null rows and a feature that is given twice
 *       ({@link Features.Builder}).
 *   <li>{@link #close} waits for the calls in flight, which end as if nobody closed, then frees the
 *       graph and the weights. A call that begins later is a {@link RankerClosedException}. A
 *       second close, from any thread, returns once the memory is free.
 *   <li>What {@link #inputs}, {@link #outputs} and a {@link Scores} say stays valid after close.
 * </ul>
 */
@PublicApi
public interface Ranker extends AutoCloseable {
  /**
   * The inputs that {@link #predict} expects, by the name of the feature, in the order of the
   * names.
   */
  ImmutableMap<String, InputSpec> inputs();

  /** Names of the outputs, the tasks for a ranking model, in order. */
  ImmutableSet<String> outputs();

  /** The outputs with their types and shapes, in the order of {@link #outputs}. */
  ImmutableMap<String, OutputSpec> outputSpecs();

  /**
   * Scores rows.
   *
   * @throws InvalidInputException if a feature is missing, unknown, of another type or shape, or an
   *     id lies outside its vocabulary; of a model of this library also if a dense value or a score
   *     is NaN or infinite
   * @throws RankerClosedException if the ranker is closed
   */
  Scores predict(Features features);

  /**
   * Waits for the calls in flight, then frees the graph and the weights; a second call does
   * nothing.
   */
  @Override
  void close();

  /**
   * An input of a signature.
   *
   * @param name name of the feature
   * @param tensorName name of the tensor that is fed
   * @param dataType bool, a signed or unsigned integer of 8 to 64 bits, float16, bfloat16, float32,
   *     float64 or string; another type cannot be fed
   * @param shape the first dimension is the batch; -1 is unknown; without a dimension the input is
   *     a scalar, one value for all rows
   */
  record InputSpec(String name, String tensorName, DataType dataType, Shape shape) {

    static InputSpec of(String name, TensorInfo info) {
      return new InputSpec(
          name, info.getName(), info.getDtype(), Shapes.ofProto(info.getTensorShape()));
    }

    /**
     * The inputs of a signature by name, in the order of the names: one that was read from a file
     * has them in no order of their own.
     */
    public static ImmutableMap<String, InputSpec> all(SignatureDef signature) {
      return signature.getInputsMap().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .collect(
              ImmutableMap.toImmutableMap(
                  Map.Entry::getKey, entry -> of(entry.getKey(), entry.getValue())));
    }

    /** Whether the input takes ids: integers. */
    public boolean takesIds() {
      return type().filter(type -> type.takes(new int[0])).isPresent();
    }

    /** Whether the input takes floats. */
    public boolean takesFloats() {
      return type().filter(type -> type.takes(new float[0])).isPresent();
    }

    /** Whether the input takes texts. */
    public boolean takesTexts() {
      return type().filter(type -> type.takes(new String[0])).isPresent();
    }

    /**
     * Values a row: 1 for an input of shape [rows] or a scalar, the product of the other dimensions
     * for more axes; -1 where the model takes any number of them.
     */
    public long width() {
      if (shape.isUnknown()) {
        return Shape.UNKNOWN_SIZE;
      }
      long width = 1;
      for (int axis = 1; axis < shape.numDimensions(); axis++) {
        if (shape.get(axis) == Shape.UNKNOWN_SIZE) {
          return Shape.UNKNOWN_SIZE;
        }
        width *= shape.get(axis);
      }
      return width;
    }

    /** Whether the input is one value for all rows. */
    public boolean isScalar() {
      return !shape.isUnknown() && shape.numDimensions() == 0;
    }

    /** Whether the input is a matrix or a vector, with a row or a value for each row. */
    boolean hasRows() {
      return shape.isUnknown() || shape.numDimensions() == 1 || shape.numDimensions() == 2;
    }

    void check(String source, FeatureValue value) {
      FeedType type = required(source);
      if (!type.takes(value.array())) {
        throw new InvalidInputException(
            String.format(
                "%s: feature '%s' holds %s, expected %s",
                source, name, FeedType.nameOf(value.array()), type.expected()));
      }
      if (!fits(value)) {
        throw new InvalidInputException(
            String.format(
                "%s: feature '%s' has the shape %s, expected %s",
                source, name, value.shape(), shape));
      }
      if (type.isBounded() || type == FeedType.FLOAT16) {
        new ValueRange(source, name, type).check(value);
      }
    }

    private boolean fits(FeatureValue value) {
      Shape found = value.shape();
      if (shape.isUnknown()) {
        return true;
      }
      if (isScalar()) {
        return found.size() == 1;
      }
      if (found.numDimensions() == 0 || !isSize(shape.get(0), found.get(0))) {
        return false;
      }
      if (found.get(0) == 0) {
        return true;
      }
      if (shape.numDimensions() == 1) {
        return found.numDimensions() == 1 || (found.numDimensions() == 2 && found.get(1) == 1);
      }
      boolean fits = found.numDimensions() == shape.numDimensions();
      for (int axis = 1; fits && axis < shape.numDimensions(); axis++) {
        fits = isSize(shape.get(axis), found.get(axis));
      }
      return fits;
    }

    private static boolean isSize(long expected, long found) {
      return expected == Shape.UNKNOWN_SIZE || expected == found;
    }

    /** A tensor of a checked value, which the caller closes. */
    Tensor tensor(String source, FeatureValue value) {
      return FeedTensors.of(required(source).fed(), shapeOf(value.shape()), value.array());
    }

    /** The tensor's shape. No rows show no width: such a value takes the input's. */
    private Shape shapeOf(Shape found) {
      if (shape.isUnknown()) {
        return found;
      }
      if (shape.numDimensions() < 2) {
        return isScalar() ? Shape.scalar() : Shape.of(found.get(0));
      }
      if (found.get(0) > 0) {
        return found;
      }
      long[] sizes = shape.asArray();
      for (int axis = 0; axis < sizes.length; axis++) {
        sizes[axis] = axis == 0 || sizes[axis] == Shape.UNKNOWN_SIZE ? 0 : sizes[axis];
      }
      return Shape.of(sizes);
    }

    /** The type that is fed; empty if no value of the input's type can be. */
    Optional<FeedType> type() {
      return tensorName.isEmpty() ? Optional.empty() : FeedType.of(dataType);
    }

    private FeedType required(String source) {
      return type()
          .orElseThrow(
              () ->
                  new InvalidInputException(
                      tensorName.isEmpty()
                          ? String.format(
                              "%s: input '%s' is a sparse or composite tensor, expected a dense"
                                  + " one",
                              source, name)
                          : String.format(
                              "%s: input '%s' is %s, expected %s",
                              source, name, dataType, FeedType.names())));
    }
  }

  /**
   * Rows that are checked.
   *
   * @param rows their number
   * @param form what is equal for rows that can be scored together: types and sizes of a row of the
   *     features; empty where an input or an output has not a row for each row
   */
  record CheckedRows(Features features, int rows, String form) {
    /** Whether the rows can be scored together with others. */
    public boolean isStackable() {
      return !form.isEmpty();
    }
  }

  /**
   * A request that a SavedModel brings along, and what it is known to be answered with.
   *
   * @param expected the numbers of outputs by name; none where nothing is recorded
   */
  record WarmupRequest(
      String signature, Features features, ImmutableMap<String, ImmutableList<Double>> expected) {}

  /**
   * A ranker was used after it was closed: a service that swaps models catches this and takes the
   * new one.
   */
  @PublicApi
  final class RankerClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    RankerClosedException(String source) {
      super(source + ": the ranker is closed");
    }
  }
}
