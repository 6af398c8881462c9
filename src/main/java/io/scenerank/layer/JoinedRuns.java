package io.scenerank.layer;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Pass.PassView;
import io.scenerank.layer.base.Pass.Replacement;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * Look-ups that follow each other in the packed input and in every layer that joins them: they are
 * taken out of the looked up rows together, {@code [B, k, D] → [B, k·D]}, instead of being taken
 * apart, flattened one by one and put together again.
 */
final class JoinedRuns {
  private static final String FLATTEN = "Flatten";
  private static final String CONCATENATE = "Concatenate";
  private static final String ADD = "Add";

  /** Begins the name of a run, with a character that no layer's name has. */
  private static final String RUN = "\0run of ";

  private JoinedRuns() {}

  /**
   * Look-ups that stay together.
   *
   * @param ref what they give together, or the result of the only one
   * @param flat what each gives once it is flattened; empty for one alone
   */
  record Part(ImmutableList<LookUp> lookUps, TensorRef ref, ImmutableList<TensorRef> flat) {
    boolean isRun() {
      return !flat.isEmpty();
    }

    /** Number of ids of a row. */
    int width() {
      return lookUps.stream().mapToInt(LookUp::width).sum();
    }
  }

  /** Parts of the look-ups of one variable, which are in the order of the packed input. */
  static ImmutableList<Part> parts(PassView view, List<LookUp> lookUps) {
    ImmutableList.Builder<Part> parts = ImmutableList.builder();
    List<LookUp> run = new ArrayList<>();
    for (LookUp lookUp : lookUps) {
      if (!run.isEmpty() && !follows(view, run.get(run.size() - 1), lookUp)) {
        parts.add(part(view, run));
        run.clear();
      }
      run.add(lookUp);
    }
    if (!run.isEmpty()) {
      parts.add(part(view, run));
    }
    return parts.build();
  }

  private static Part part(PassView view, List<LookUp> run) {
    LookUp first = run.get(0);
    TensorRef result = PassView.result(first.node());
    if (run.size() == 1) {
      return new Part(ImmutableList.of(first), result, ImmutableList.of());
    }
    return new Part(
        ImmutableList.copyOf(run),
        new TensorRef(RUN + result.layer(), result.node(), 0),
        run.stream()
            .map(lookUp -> flat(view, lookUp).orElseThrow())
            .collect(ImmutableList.toImmutableList()));
  }

  /** Whether wherever one is read the other one is read behind it. */
  private static boolean follows(PassView view, LookUp left, LookUp right) {
    Optional<TensorRef> flatLeft = flat(view, left);
    Optional<TensorRef> flatRight = flat(view, right);
    if (flatLeft.isEmpty() || flatRight.isEmpty()) {
      return false;
    }
    ImmutableSet<Node> joiners = ImmutableSet.copyOf(view.readers(flatLeft.get()));
    return joiners.equals(ImmutableSet.copyOf(view.readers(flatRight.get())))
        && joiners.stream()
            .allMatch(
                joiner ->
                    isJoiner(view, joiner)
                        && follows(joiner.arguments().tensors(), flatLeft.get(), flatRight.get()));
  }

  private static boolean follows(List<TensorRef> all, TensorRef left, TensorRef right) {
    int place = all.indexOf(left);
    return place == all.lastIndexOf(left)
        && all.indexOf(right) == place + 1
        && all.lastIndexOf(right) == place + 1;
  }

  /** What a look-up of one id gives flattened, if nothing reads it in another way. */
  private static Optional<TensorRef> flat(PassView view, LookUp lookUp) {
    TensorRef result = PassView.result(lookUp.node());
    ImmutableList<Node> readers = view.readers(result);
    if (lookUp.width() != 1
        || readers.size() != 1
        || view.isKept(result)
        || !isFloat32(view, lookUp.node())
        || !view.layer(readers.get(0)).layer().kerasClass().equals(FLATTEN)) {
      return Optional.empty();
    }
    TensorRef flat = PassView.result(readers.get(0));
    return view.isKept(flat) || !isFloat32(view, readers.get(0))
        ? Optional.empty()
        : Optional.of(flat);
  }

  private static boolean isFloat32(PassView view, Node node) {
    return view.layer(node).scope().policy().compute() == (Class<?>) TFloat32.class;
  }

  private static boolean isJoiner(PassView view, Node node) {
    LayerConfig config = view.layer(node).layer().config();
    String kerasClass = config.type().kerasClass();
    boolean joins =
        kerasClass.equals(ADD)
            || (kerasClass.equals(CONCATENATE) && Math.abs(config.integer("axis")) == 1);
    return joins
        && isFloat32(view, node)
        && node.arguments().named().isEmpty()
        && node.arguments().positional().size() == 1
        && node.arguments().positional().get(0) instanceof Structure.Items<TensorRef>;
  }

  /** The layers that join runs, on the runs instead of their members. */
  static ImmutableList<Replacement> joiners(PassView view, List<Part> parts) {
    Map<TensorRef, Part> runOfFirst = new LinkedHashMap<>();
    Map<TensorRef, Part> runs = new LinkedHashMap<>();
    for (Part part : parts) {
      if (part.isRun()) {
        runOfFirst.put(part.flat().get(0), part);
        part.flat().forEach(flat -> runs.put(flat, part));
      }
    }
    ImmutableList.Builder<Replacement> replacements = ImmutableList.builder();
    for (Node node : view.nodes()) {
      if (node.arguments().tensors().stream().anyMatch(runs::containsKey)) {
        ImmutableList.Builder<TensorRef> reads = ImmutableList.builder();
        for (TensorRef ref : node.arguments().tensors()) {
          if (runOfFirst.containsKey(ref)) {
            reads.add(requireNonNull(runOfFirst.get(ref), "run").ref());
          } else if (!runs.containsKey(ref)) {
            reads.add(ref);
          }
        }
        replacements.add(
            joiner(node, view.layer(node).layer().kerasClass().equals(ADD), reads.build()));
      }
    }
    return replacements.build();
  }

  private static Replacement joiner(Node node, boolean adds, ImmutableList<TensorRef> reads) {
    TensorRef result = PassView.result(node);
    return new Replacement(
        ImmutableSet.of(result),
        ImmutableSet.copyOf(reads),
        (tf, values) -> {
          List<Operand<TFloat32>> pieces =
              reads.stream()
                  .map(
                      ref -> {
                        MaskedTensor value = requireNonNull(values.get(ref), ref.toString());
                        return ref.layer().startsWith(RUN)
                            ? together(tf, value, adds)
                            : float32(value);
                      })
                  .toList();
          Operand<TFloat32> joined =
              adds
                  ? pieces.stream().reduce(tf.math::add).orElseThrow()
                  : Shapes.concat(tf, pieces, -1);
          return ImmutableMap.of(result, MaskedTensor.of(joined));
        });
  }

  /** [B, k, D] → [B, k·D], or the sum [B, D]. */
  private static Operand<TFloat32> together(Ops tf, MaskedTensor run, boolean adds) {
    Operand<TFloat32> rows = float32(run);
    return adds
        ? tf.reduceSum(rows, tf.constant(1), ReduceSum.keepDims(false))
        : tf.reshape(rows, tf.constant(new int[] {-1, (int) rows.shape().tail().size()}));
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> float32(MaskedTensor value) {
    return (Operand<TFloat32>) (Operand<? extends TType>) value.value();
  }
}
