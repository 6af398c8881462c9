package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.model.Observations.Gate;
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
    PackedInputs inputs,
    ImmutableMap<String, Operand<TFloat32>> logits,
    ImmutableMap<String, Operand<TFloat32>> probabilities,
    WeightStore store) {

  /** Adds a model's variables (to {@code store}) and its forward pass to a graph. */
  public static ModelGraph build(
      ModelDefinition<?> definition, Ops tf, WeightStore store, PackedInputs inputs) {
    LayeredModel.Heads heads =
        new LayeredModel(definition, inputs).build(tf, store, LayerObserver.NONE);
    return new ModelGraph(inputs, heads.logits(), heads.scores(), store);
  }

  /** Adds to a graph what a model's gates do; the scores do not depend on these ops. */
  public static ImmutableList<Gate> gates(
      ModelDefinition<?> definition, Ops tf, WeightStore store, PackedInputs inputs) {
    Observations observed = new Observations(tf);
    new LayeredModel(definition, inputs).build(tf, store, observed);
    return definition.gates(observed);
  }

  /** The layers and variables of a model, whose variables are added to a graph. */
  public static LayerTree tree(
      ModelDefinition<?> definition, Ops tf, WeightStore store, PackedInputs inputs) {
    return new LayeredModel(definition, inputs).tree(tf, store);
  }

  /** Placeholders for packed batches of this layout. */
  public static PackedInputs placeholders(Ops tf, PackedLayout layout) {
    PackedInputs inputs =
        new PackedInputs(
            layout.idWidth() == 0
                ? Optional.empty()
                : Optional.of(
                    tf.placeholder(
                        TInt32.class, Placeholder.shape(Shape.of(-1, layout.idWidth())))),
            layout.denseWidth() == 0
                ? Optional.empty()
                : Optional.of(
                    tf.placeholder(
                        TFloat32.class, Placeholder.shape(Shape.of(-1, layout.denseWidth())))));
    return inputs.withTextsOfIds(tf, layout);
  }
}
