package io.scenerank.layer.reshaping;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.stream.IntStream;

/** Keras' {@code Permute}: the axes behind the batch in another order. */
final class Permute extends Layer {
  static final LayerType TYPE = LayerType.of("Permute", Permute::new).argument("dims");

  private final ImmutableList<Integer> dims;

  private Permute(LayerConfig config) {
    super(config);
    this.dims = config.integers("dims");
    if (!dims.stream()
        .sorted()
        .toList()
        .equals(IntStream.rangeClosed(1, dims.size()).boxed().toList())) {
      throw config.wrong("dims", "the numbers from 1 to the number of axes, each once");
    }
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Sizes.requireRank(inputs.only(), dims.size() + 1);
    int[] order = IntStream.concat(IntStream.of(0), dims.stream().mapToInt(dim -> dim)).toArray();
    return anyUnary((context, x) -> context.tf().linalg.transpose(x, context.tf().constant(order)));
  }
}
