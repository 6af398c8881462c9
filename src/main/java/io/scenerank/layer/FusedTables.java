package io.scenerank.layer;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Pass;
import io.scenerank.layer.base.Pass.PassView;
import io.scenerank.layer.base.Pass.Replacement;
import io.scenerank.layer.base.Regularizer;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.LayerScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
 * a table. Neighbours that are only concatenated or added up stay together ({@link JoinedRuns}).
 */
final class FusedTables implements Pass {
  private final LayerGraph graph;
  private final LayerScope root;
  private final Function<TensorRef, Optional<Integer>> offsets;
  private final Function<List<Integer>, Operand<TInt32>> ids;

  /** What must agree for tables to be in one variable. */
  private record Fuse(int dim, float l2Reg, boolean trainable) {}

  /**
   * @param root where the fused variables are created
   * @param offsets as of {@link Passes#standard}
   * @param ids as of {@link Passes#standard}
   */
  FusedTables(
      LayerGraph graph,
      LayerScope root,
      Function<TensorRef, Optional<Integer>> offsets,
      Function<List<Integer>, Operand<TInt32>> ids) {
    this.graph = graph;
    this.root = root;
    this.offsets = offsets;
    this.ids = ids;
  }

  @Override
  public ImmutableList<Replacement> find(PassView view) {
    ImmutableMap<String, BoundLayer> tables = tables(view);
    ImmutableListMultimap<Fuse, String> fused =
        Multimaps.index(tables.keySet(), name -> fuse(requireNonNull(tables.get(name), name)));
    Map<Integer, Integer> variablesOfDim = new HashMap<>();
    ImmutableList.Builder<Replacement> replacements = ImmutableList.builder();
    List<JoinedRuns.Part> parts = new ArrayList<>();
    for (Fuse fuse : fused.keySet()) {
      int number = variablesOfDim.merge(fuse.dim(), 1, Integer::sum);
      String name = "embedding_" + fuse.dim() + (number == 1 ? "" : "_" + (number - 1));
      ImmutableList<BoundLayer> layers =
          fused.get(fuse).stream()
              .map(layer -> requireNonNull(tables.get(layer), layer))
              .collect(ImmutableList.toImmutableList());
      FusedEmbedding table =
          new FusedEmbedding(
              root.child("fused").child(name),
              fuse.dim(),
              layers.stream().map(FusedTables::table).toList(),
              fuse.l2Reg(),
              fuse.trainable());
      layers.forEach(layer -> layer.install(call(table, layer)));
      ImmutableList<LookUp> lookUps =
          view.nodes(node -> fused.get(fuse).contains(node.layer())).stream()
              .flatMap(node -> lookUp(node, view).stream())
              .sorted(Comparator.comparingInt(LookUp::offset))
              .collect(ImmutableList.toImmutableList());
      ImmutableList<JoinedRuns.Part> ofTable = JoinedRuns.parts(view, lookUps);
      parts.addAll(ofTable);
      if (!ofTable.isEmpty()) {
        replacements.add(lookUp(table, ofTable, view));
      }
    }
    return replacements.addAll(JoinedRuns.joiners(view, parts)).build();
  }

  /**
   * The calls of tables that are called on an input somewhere in the graph; those too that a pass
   * has replaced, which then calls the table itself.
   */
  private ImmutableMap<String, BoundLayer> tables(PassView view) {
    ImmutableMap.Builder<String, BoundLayer> found = ImmutableMap.builder();
    graph
        .calls()
        .asMap()
        .forEach(
            (name, calls) -> {
              BoundLayer layer = view.layer(calls.iterator().next());
              if (layer.layer().kerasClass().equals("Embedding")
                  && isPlain(layer)
                  && calls.stream().allMatch(call -> lookUp(call, view).isPresent())) {
                found.put(name, layer);
              }
            });
    return found.buildOrThrow();
  }

  private Optional<LookUp> lookUp(Node node, PassView view) {
    boolean alone =
        node.arguments().positional().size() == 1
            && node.arguments().named().isEmpty()
            && node.arguments().positional().get(0) instanceof Structure.Leaf<TensorRef>;
    if (!alone) {
      return Optional.empty();
    }
    TensorRef input = node.arguments().only();
    return view.input(input)
        .flatMap(
            value ->
                offsets
                    .apply(input)
                    .map(
                        offset ->
                            new LookUp(node, input, offset, (int) value.shape().tail().size())));
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
    return config.regularizer("embeddings_regularizer");
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
        config.initializer("embeddings_initializer", shape));
  }

  /** What a call of a table does on ids from elsewhere. */
  private static Layer.Call call(FusedEmbedding table, BoundLayer layer) {
    return (context, arguments) -> {
      Ops tf = context.tf();
      MaskedTensor given = arguments.only();
      Operand<TInt32> ids = given.ids(tf);
      Operand<TInt32> column = tf.reshape(ids, tf.constant(new int[] {-1, 1})); // [n, 1]
      Operand<TFloat32> rows = table.call(tf, column, ImmutableList.of(layer.layer().name()));
      Operand<TInt32> shape =
          tf.concat(
              ImmutableList.of(tf.shape(ids), tf.constant(new int[] {table.dim()})),
              tf.constant(0));
      return Structure.leaf(value(tf, layer, tf.reshape(rows, shape), given));
    };
  }

  private Replacement lookUp(
      FusedEmbedding table, ImmutableList<JoinedRuns.Part> parts, PassView view) {
    List<Integer> places = new ArrayList<>();
    List<String> tables = new ArrayList<>();
    ImmutableSet.Builder<TensorRef> inputs = ImmutableSet.builder();
    for (LookUp lookUp : parts.stream().flatMap(part -> part.lookUps().stream()).toList()) {
      inputs.add(lookUp.input());
      for (int i = 0; i < lookUp.width(); i++) {
        places.add(lookUp.offset() + i);
        tables.add(lookUp.node().layer());
      }
    }
    return new Replacement(
        parts.stream().map(JoinedRuns.Part::ref).collect(ImmutableSet.toImmutableSet()),
        inputs.build(),
        (tf, values) -> {
          Operand<TFloat32> all = table.call(tf, ids.apply(places), tables); // [B, P, D]
          ImmutableList<Operand<TFloat32>> split = split(tf, all, parts);
          ImmutableMap.Builder<TensorRef, MaskedTensor> found = ImmutableMap.builder();
          for (int i = 0; i < parts.size(); i++) {
            found.put(parts.get(i).ref(), part(tf, parts.get(i), split.get(i), view, values));
          }
          return found.buildOrThrow();
        });
  }

  /** What a part gives: several look-ups [B, k, D]; one of the shape that its ids have, and D. */
  private static MaskedTensor part(
      Ops tf,
      JoinedRuns.Part part,
      Operand<TFloat32> rows,
      PassView view,
      Map<TensorRef, MaskedTensor> values) {
    LookUp first = part.lookUps().get(0);
    if (part.isRun()) {
      return MaskedTensor.of(rows);
    }
    MaskedTensor ids = requireNonNull(values.get(first.input()), "input");
    long[] shape = ids.shape().append(rows.shape().get(2)).asArray();
    Operand<TFloat32> shaped =
        shape.length == 3 ? rows : tf.reshape(rows, tf.constant(shape)); // [B, …, D]
    return value(tf, view.layer(first.node()), shaped, ids);
  }

  private static MaskedTensor value(
      Ops tf, BoundLayer layer, Operand<TFloat32> rows, MaskedTensor ids) {
    Optional<Operand<TBool>> mask =
        layer.layer().config().flag("mask_zero")
            ? Optional.of(tf.math.notEqual(ids.ids(tf), tf.constant(0)))
            : Optional.empty();
    return new MaskedTensor(Casts.toFloating(tf, rows, layer.scope().policy().compute()), mask);
  }

  private static ImmutableList<Operand<TFloat32>> split(
      Ops tf, Operand<TFloat32> all, List<JoinedRuns.Part> parts) {
    if (parts.size() == 1) {
      return ImmutableList.of(all);
    }
    int[] sizes = parts.stream().mapToInt(JoinedRuns.Part::width).toArray();
    return ImmutableList.copyOf(
        tf.splitV(all, tf.constant(sizes), tf.constant(1), (long) sizes.length).output());
  }
}
