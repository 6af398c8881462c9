package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class OperationTypes {
  private OperationTypes() {}

  /** The layers of Keras 2 that are functions of TensorFlow. */
  public static ImmutableList<LayerType> keras2() {
    return ImmutableList.of(TensorFlowFunction.TYPE, LambdaLayer.TYPE);
  }

  /** All operations of {@code keras.ops}. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.<LayerType>builder()
        .addAll(UnaryOps.types())
        .addAll(BinaryOps.types())
        .addAll(ReductionOps.types())
        .addAll(ShapeOps.types())
        .addAll(JoinOps.types())
        .addAll(SliceOps.types())
        .addAll(GatherOps.types())
        .addAll(OrderOps.types())
        .addAll(QuantileOps.types())
        .addAll(MatrixOps.types())
        .addAll(ProductOps.types())
        .addAll(MakeOps.types())
        .addAll(ActivationOps.types())
        .addAll(NormalizationOps.types())
        .build();
  }
}
