package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * A batch as one matrix of ids and one of dense values; texts are apart.
 *
 * @param ids [B, F], absent where no column carries ids
 * @param dense [B, G], absent where no column is dense
 * @param texts of each column of texts, [B, width]
 * @param textsOfIds where the texts of its ids are fed, [number of texts], for columns of texts
 *     that rows keep as ids
 */
public record PackedInputs(
    Optional<Operand<TInt32>> ids,
    Optional<Operand<TFloat32>> dense,
    ImmutableMap<String, Operand<TString>> texts,
    ImmutableMap<String, Operand<TString>> textsOfIds) {

  /** Without texts. */
  public PackedInputs(Optional<Operand<TInt32>> ids, Optional<Operand<TFloat32>> dense) {
    this(ids, dense, ImmutableMap.of(), ImmutableMap.of());
  }

  /** The same with texts of their own, that are not kept as ids. */
  public PackedInputs withTexts(Map<String, Operand<TString>> own) {
    return new PackedInputs(ids, dense, ImmutableMap.copyOf(own), ImmutableMap.of());
  }

  /** The same with texts that are looked up by their ids. */
  PackedInputs withTextsOfIds(Ops tf, PackedLayout layout) {
    ImmutableMap.Builder<String, Operand<TString>> fed = ImmutableMap.builder();
    ImmutableMap.Builder<String, Operand<TString>> found = ImmutableMap.builder();
    for (FeatureColumn column : layout.texts()) {
      Operand<TString> all = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
      int offset = layout.offset(column);
      List<Integer> positions = IntStream.range(offset, offset + column.width()).boxed().toList();
      fed.put(column.name(), all);
      found.put(
          column.name(),
          tf.gather(all, ids(tf, positions, layout.idWidth()), tf.constant(0))); // [B, width]
    }
    return new PackedInputs(ids, dense, found.buildOrThrow(), fed.buildOrThrow());
  }

  /**
   * Some columns of the ids. Copies runs of neighbours, which takes a tenth of the time of a gather
   * along this axis.
   *
   * @param positions numbers of the columns
   * @param width F
   * @return [B, number of positions]
   */
  Operand<TInt32> ids(Ops tf, List<Integer> positions, int width) {
    Operand<TInt32> all = ids.orElseThrow();
    boolean whole = positions.size() == width;
    for (int i = 0; whole && i < width; i++) {
      whole = positions.get(i) == i;
    }
    if (whole) {
      return all;
    }
    List<Operand<TInt32>> runs = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i <= positions.size(); i++) {
      if (i == positions.size() || positions.get(i) != positions.get(i - 1) + 1) {
        runs.add(
            tf.slice(
                all,
                tf.constant(new int[] {0, positions.get(begin)}),
                tf.constant(new int[] {-1, i - begin})));
        begin = i;
      }
    }
    return Shapes.concat(tf, runs, 1);
  }

  /** A dense column, [B, dimension]. */
  Operand<TFloat32> dense(Ops tf, PackedLayout layout, FeatureColumn column) {
    Operand<TFloat32> all = dense.orElseThrow();
    return column.width() == layout.denseWidth()
        ? all
        : tf.slice(
            all,
            tf.constant(new int[] {0, layout.offset(column)}),
            tf.constant(new int[] {-1, column.width()}));
  }

  /** Feeds a batch without texts. */
  public Session.Runner feed(
      Session.Runner runner, TInt32 idValues, Optional<TFloat32> denseValues) {
    return feed(runner, idValues, denseValues, ImmutableMap.of());
  }

  /**
   * Feeds a batch; the tensors stay the caller's to close.
   *
   * @param idValues [b, F]
   * @param denseValues [b, G], present where there are dense inputs
   * @param textValues of each column of texts, the texts of its ids
   * @return the runner
   */
  public Session.Runner feed(
      Session.Runner runner,
      TInt32 idValues,
      Optional<TFloat32> denseValues,
      Map<String, TString> textValues) {
    ids.ifPresent(input -> runner.feed(input, idValues));
    dense.ifPresent(input -> runner.feed(input, denseValues.orElseThrow()));
    textsOfIds.forEach(
        (column, input) -> runner.feed(input, requireNonNull(textValues.get(column), column)));
    return runner;
  }
}
