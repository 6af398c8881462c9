package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.variable.Shapes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** What the layers of a model showed of their computation while it was built. */
public final class Observations implements LayerObserver {
  private final Ops tf;
  private final Map<String, Operand<TFloat32>> values = new LinkedHashMap<>();

  Observations(Ops tf) {
    this.tf = tf;
  }

  @Override
  public void observe(String path, Supplier<Operand<TFloating>> value) {
    values.putIfAbsent(path, Casts.to(tf, value.get(), TFloat32.class));
  }

  /** A value by the path of its layer and its name. */
  public Operand<TFloat32> get(String path) {
    return requireNonNull(values.get(path), path);
  }

  /** Names of what a layer showed, in order. */
  public List<String> names(String layer) {
    return values.keySet().stream()
        .filter(path -> path.startsWith(layer + "/"))
        .map(path -> path.substring(layer.length() + 1))
        .toList();
  }

  /** Values [B, 1] of several paths side by side. */
  public Operand<TFloat32> sideBySide(List<String> paths) {
    return Shapes.concat(tf, paths.stream().map(this::get).toList(), 1);
  }

  /** The mean of each of several values [B, n], [B, number of paths]. */
  public Operand<TFloat32> means(List<String> paths) {
    List<Operand<TFloat32>> means =
        paths.stream()
            .<Operand<TFloat32>>map(path -> tf.math.mean(get(path), tf.constant(1)))
            .toList();
    return tf.stack(means, Stack.axis(1L));
  }

  /**
   * The mean over each part of a value.
   *
   * @param path of a value [B, n]
   * @param widths of the parts, n in all
   * @return [B, number of parts]
   */
  public Operand<TFloat32> meanByPart(String path, List<Integer> widths) {
    float[][] shares = new float[widths.stream().mapToInt(Integer::intValue).sum()][widths.size()];
    int row = 0;
    for (int part = 0; part < widths.size(); part++) {
      for (int i = 0; i < widths.get(part); i++) {
        shares[row++][part] = 1f / widths.get(part);
      }
    }
    return tf.linalg.matMul(get(path), tf.constant(shares));
  }

  /**
   * What a model scales, mixes or generates at one of its places, row by row.
   *
   * @param name its place in the model, as {@code epnet} or {@code experts/is_click}
   * @param about what it does, in a line for people
   * @param kind how its values are to be read
   * @param parts names of its k values: columns, tasks or experts
   * @param values [B, k]
   */
  public record Gate(
      String name, String about, Kind kind, ImmutableList<String> parts, Operand<TFloat32> values) {

    /** What a value of a gate means. */
    public enum Kind {
      /** What something is multiplied by; 1 leaves it as it is. */
      @JsonProperty("factor")
      FACTOR,
      /** A share of a mixture; the parts of a row sum to 1. */
      @JsonProperty("share")
      SHARE,
      /** What something is multiplied by before it is added up, of any sign; 0 leaves it out. */
      @JsonProperty("weight")
      WEIGHT,
      /** Root mean square of generated numbers. */
      @JsonProperty("size")
      SIZE
    }
  }
}
