package io.scenerank.layer.preprocessing;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.layer.preprocessing.CategoryEncoder.Mode;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code CategoryEncoding}: ids as vectors, as in {@link CategoryEncoder}.
 *
 * <p>Input ids [B, …] and perhaps {@code count_weights} of the same shape, output [B, num_tokens],
 * or [B, …, num_tokens] with {@code one_hot}. Source: Keras' layer of this name.
 */
final class CategoryEncoding extends Layer {
  static final LayerType TYPE =
      LayerType.of("CategoryEncoding", CategoryEncoding::new)
          .argument("num_tokens")
          .argument("output_mode", "multi_hot")
          .only("sparse", false);

  private final CategoryEncoder encoder;

  private CategoryEncoding(LayerConfig config) {
    super(config);
    this.encoder =
        new CategoryEncoder(
            CategoryEncoder.mode(config, Mode.ONE_HOT, Mode.MULTI_HOT, Mode.COUNT),
            config.integer("num_tokens", 1));
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Class<? extends TFloating> type = scope.policy().compute();
    return (context, arguments) -> {
      Ops tf = context.tf();
      Optional<Operand<TFloating>> weights =
          arguments
              .find("count_weights", 1)
              .map(given -> Casts.toFloating(tf, given.only().value(), type));
      if (weights.isPresent() && encoder.mode() != Mode.COUNT) {
        throw new IllegalArgumentException(
            "count_weights are given, expected output_mode 'count' for them");
      }
      Operand<TInt64> ids = Casts.to(tf, arguments.tensor("inputs", 0).value(), TInt64.class);
      return Structure.leaf(MaskedTensor.of(encoder.vectors(tf, ids, weights, type)));
    };
  }
}
