package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import org.tensorflow.ndarray.Shape;

/** Keras' {@code InputLayer}: a tensor that the model is fed. */
public final class InputLayer extends Layer {
  static final String KERAS_CLASS = "InputLayer";

  /** Its class and arguments. */
  public static final LayerType TYPE =
      LayerType.of(KERAS_CLASS, InputLayer::new)
          .argument("batch_shape", null)
          .argument("batch_input_shape", null)
          .argument("shape", null)
          .argument("batch_size", null)
          .argument("ragged", false)
          .argument("sparse", false)
          .argument("optional", false);

  private InputLayer(LayerConfig config) {
    super(config);
    if (config.flag("ragged")) {
      throw config.wrong("ragged", "false: ragged inputs are not read");
    }
    if (config.flag("sparse")) {
      throw config.wrong("sparse", "false: sparse inputs are not read");
    }
  }

  /** Keras' name of the type of its values, as {@code float32}. */
  public String dtype() {
    return config().dtype("float32");
  }

  /** The shape with an unknown batch; -1 for sizes that are not known. */
  public Shape shape() {
    JsonNode given =
        config().has("batch_shape")
            ? config().get("batch_shape")
            : config().get("batch_input_shape");
    JsonNode sizes =
        given.path("config").path("items").isArray() ? given.path("config").path("items") : given;
    long[] shape = new long[Math.max(1, sizes.size())];
    shape[0] = Shape.UNKNOWN_SIZE;
    for (int i = 1; i < sizes.size(); i++) {
      shape[i] = sizes.get(i).isNull() ? Shape.UNKNOWN_SIZE : sizes.get(i).asLong();
    }
    return Shape.of(shape);
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> arguments.positional().get(0);
  }
}
