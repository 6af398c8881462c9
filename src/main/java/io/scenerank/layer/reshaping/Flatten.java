package io.scenerank.layer.reshaping;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.DataFormat;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/** Keras' {@code Flatten}: the values of a row one after the other. [B, …] → [B, n]. */
final class Flatten extends Layer {
  static final LayerType TYPE = LayerType.of("Flatten", Flatten::new).argument("data_format", null);

  private final DataFormat format;

  private Flatten(LayerConfig config) {
    super(config);
    this.format = DataFormat.of(config);
  }

  @Override
  public Repeats repeats() {
    return Repeats.OF_THE_CLASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return anyUnary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TType> rows = format.channelsLast(tf, x);
          return Reshape.reshape(tf, rows, ImmutableList.of(-1));
        });
  }
}
