package io.scenerank.layer;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Multimaps;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Initializers;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Regularizer;
import io.scenerank.layer.base.Regularizers;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.LayerScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The pass that looks up all tables of one width at once. It replaces each call of an {@code
 * Embedding} on an input of the model: the tables are below each other in one variable, so that the
 * ids of all inputs take one gather and one sparse update, and a step takes no time that grows with
 * a table.
 */
public final class FusedTables implements LayerGraph.Pass {
  private final LayerGraph graph;
  private final LayerScope root;
  private final Columns columns;

  /** Where the ids of an input lie in the packed input. */
  public interface Columns {
    /** Number of the first id, counted in a packed row; absent where an input has no ids. */
    Optional<Integer> offset(TensorRef input);

    /** Ids at some places of the rows, [B, number of places]. */
    Operand<TInt32> ids(List<Integer> places);
  }

  /** What must agree for tables to be in one variable. */
  private record Fuse(int dim, float l2Reg, boolean trainable) {}

  /** A call of a table on an input. */
  private record LookUp(Node node, TensorRef input, int offset, int width) {}

  /**
   * @param root where the fused variables are created
   */
  public FusedTables(LayerGraph graph, LayerScope root, Columns columns) {
    this.graph = graph;
    this.root = root;
    this.columns = columns;
  }

  @Override
  public ImmutableMap<Node, MaskedTensor> apply(
      Ops tf, ImmutableMap<String, BoundLayer> layers, Map<TensorRef, MaskedTensor> inputs) {
    ImmutableListMultimap<String, LookUp> lookUps = lookUps(layers, inputs);
    ImmutableListMultimap<Fuse, String> fused =
        Multimaps.index(lookUps.keySet(), name -> fuse(requireNonNull(layers.get(name), name)));
    Map<Node, MaskedTensor> values = new LinkedHashMap<>();
    Map<Integer, Integer> variablesOfDim = new HashMap<>();
    for (Fuse fuse : fused.keySet()) {
      int number = variablesOfDim.merge(fuse.dim(), 1, Integer::sum);
      String name = "embedding_" + fuse.dim() + (number == 1 ? "" : "_" + (number - 1));
      FusedEmbedding table =
          new FusedEmbedding(
              root.child("fused").child(name),
              fuse.dim(),
              fused.get(fuse).stream()
                  .map(layer -> table(requireNonNull(layers.get(layer), layer)))
                  .toList(),
              fuse.l2Reg(),
              fuse.trainable());
      List<LookUp> ofTable =
          fused.get(fuse).stream()
              .flatMap(layer -> lookUps.get(layer).stream())
              .sorted(Comparator.comparingInt(LookUp::offset))
              .toList();
      values.putAll(lookUp(tf, table, ofTable, layers, inputs));
    }
    return ImmutableMap.copyOf(values);
  }

  /** The calls on inputs, of tables that are called on nothing else. */
  private ImmutableListMultimap<String, LookUp> lookUps(
      ImmutableMap<String, BoundLayer> layers, Map<TensorRef, MaskedTensor> inputs) {
    ImmutableListMultimap.Builder<String, LookUp> found = ImmutableListMultimap.builder();
    graph
        .calls()
        .asMap()
        .forEach(
            (name, calls) -> {
              BoundLayer layer = requireNonNull(layers.get(name), name);
              if (layer.layer().kerasClass().equals("Embedding") && isPlain(layer)) {
                List<LookUp> all = new ArrayList<>();
                calls.forEach(call -> lookUp(call, inputs).ifPresent(all::add));
                if (all.size() == calls.size()) {
                  found.putAll(name, all);
                }
              }
            });
    return found.build();
  }

  private Optional<LookUp> lookUp(Node node, Map<TensorRef, MaskedTensor> inputs) {
    boolean alone =
        node.arguments().positional().size() == 1
            && node.arguments().named().isEmpty()
            && node.arguments().positional().get(0) instanceof Structure.Leaf<TensorRef>;
    if (!alone) {
      return Optional.empty();
    }
    TensorRef input = node.arguments().only();
    MaskedTensor value = inputs.get(input);
    return value == null
        ? Optional.empty()
        : columns.offset(input).map(offset -> new LookUp(node, input, offset, width(value)));
  }

  private static int width(MaskedTensor value) {
    return (int) value.shape().tail().size();
  }

  /**
   * Whether nothing keeps the table from the others: no regularizer but L2, no constraint, no
   * adaptation.
   */
  private static boolean isPlain(BoundLayer layer) {
    LayerConfig config = layer.layer().config();
    Optional<Regularizer> regularizer = regularizer(config);
    return regularizer.map(given -> given.l2() > 0).orElse(true)
        && !config.has("embeddings_constraint")
        && !layer.scope().readsWholeTable(config);
  }

  private static Optional<Regularizer> regularizer(LayerConfig config) {
    return Regularizers.read(config.get("embeddings_regularizer"), config.shown());
  }

  private static Fuse fuse(BoundLayer layer) {
    LayerConfig config = layer.layer().config();
    return new Fuse(
        config.integer("output_dim"),
        regularizer(config).map(Regularizer::l2).orElse(0f),
        layer.scope().isTrainable());
  }

  private static FusedEmbedding.Table table(BoundLayer layer) {
    LayerConfig config = layer.layer().config();
    Shape shape = Shape.of(config.integer("input_dim"), config.integer("output_dim"));
    return new FusedEmbedding.Table(
        layer.scope().addShared("embeddings", shape),
        config.name(),
        config.integer("input_dim"),
        Initializers.read(config, "embeddings_initializer", shape));
  }

  private Map<Node, MaskedTensor> lookUp(
      Ops tf,
      FusedEmbedding table,
      List<LookUp> lookUps,
      ImmutableMap<String, BoundLayer> layers,
      Map<TensorRef, MaskedTensor> inputs) {
    List<Integer> places = new ArrayList<>();
    List<String> tables = new ArrayList<>();
    for (LookUp lookUp : lookUps) {
      for (int i = 0; i < lookUp.width(); i++) {
        places.add(lookUp.offset() + i);
        tables.add(lookUp.node().layer());
      }
    }
    Operand<TFloat32> all = table.call(tf, columns.ids(places), tables); // [B, P, D]
    ImmutableList<Operand<TFloat32>> parts = parts(tf, all, lookUps);
    Map<Node, MaskedTensor> values = new LinkedHashMap<>();
    for (int i = 0; i < lookUps.size(); i++) {
      LookUp lookUp = lookUps.get(i);
      MaskedTensor ids = requireNonNull(inputs.get(lookUp.input()), "input");
      BoundLayer layer = requireNonNull(layers.get(lookUp.node().layer()), "layer");
      long[] shape = ids.shape().append(table.dim()).asArray();
      Operand<TFloat32> value =
          shape.length == 3 ? parts.get(i) : tf.reshape(parts.get(i), tf.constant(shape));
      Optional<Operand<TBool>> mask =
          layer.layer().config().flag("mask_zero")
              ? Optional.of(tf.math.notEqual(ids.ids(tf), tf.constant(0)))
              : Optional.empty();
      layer.scope().output(value.shape());
      values.put(
          lookUp.node(),
          new MaskedTensor(Casts.toFloating(tf, value, layer.scope().policy().compute()), mask));
    }
    return values;
  }

  private static ImmutableList<Operand<TFloat32>> parts(
      Ops tf, Operand<TFloat32> all, List<LookUp> lookUps) {
    if (lookUps.size() == 1) {
      return ImmutableList.of(all);
    }
    int[] sizes = lookUps.stream().mapToInt(LookUp::width).toArray();
    return ImmutableList.copyOf(
        tf.splitV(all, tf.constant(sizes), tf.constant(1), (long) sizes.length).output());
  }
}
