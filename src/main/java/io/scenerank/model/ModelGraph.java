package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.RankingModel.Gate;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.WeightStore;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The forward pass of a model in a graph.
 *
 * @param inputs what is fed
 * @param logits [B, 1] for each task, in the order of the tasks
 * @param probabilities scores of the tasks, sigmoid of the logits
 * @param store the variables
 */
public record ModelGraph(
    FeatureInputs.Packed inputs,
    ImmutableMap<String, Operand<TFloat32>> logits,
    ImmutableMap<String, Operand<TFloat32>> probabilities,
    WeightStore store) {

  /** Adds a model's variables (to {@code store}) and its forward pass to a graph. */
  public static ModelGraph build(
      ModelDefinition<?> definition, Ops tf, WeightStore store, FeatureInputs.Packed inputs) {
    LayerScope root = store.root();
    FeatureInputs features = features(definition, tf, root, inputs);
    RankingModel model = definition.create(root, features);
    ImmutableMap<String, Operand<TFloat32>> logits = model.call(tf, features);
    return new ModelGraph(inputs, logits, model.scores(tf, logits), store);
  }

  /** Adds to a graph what a model's gates do; see {@link RankingModel#gates}. */
  public static ImmutableList<Gate> gates(
      ModelDefinition<?> definition, Ops tf, WeightStore store, FeatureInputs.Packed inputs) {
    FeatureInputs features = features(definition, tf, store.root(), inputs);
    return definition.create(store.root(), features).gates(tf, features);
  }

  static FeatureInputs features(
      ModelDefinition<?> definition, Ops tf, LayerScope root, FeatureInputs.Packed inputs) {
    return new FeatureInputsBuilder(
            tf, root, definition.layout(), definition.params().inputs(), inputs)
        .build();
  }

  /** Placeholders for packed batches of this layout. */
  public static FeatureInputs.Packed placeholders(Ops tf, PackedLayout layout) {
    return new FeatureInputs.Packed(
        layout.idWidth() == 0
            ? Optional.empty()
            : Optional.of(
                tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, layout.idWidth())))),
        layout.denseWidth() == 0
            ? Optional.empty()
            : Optional.of(
                tf.placeholder(
                    TFloat32.class, Placeholder.shape(Shape.of(-1, layout.denseWidth())))));
  }
}
