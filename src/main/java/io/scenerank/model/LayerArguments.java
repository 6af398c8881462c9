package io.scenerank.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.model.ModelParams.Activation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The layers' configs, as {@code get_config} of Keras 3.15 and of the reference give them. */
final class LayerArguments {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Heads and widths of the reference's attention over a sequence; every model has these. */
  private static final int HEADS = 1;

  private static final int KEY_DIM = 16;
  private static final float ATTENTION_DROPOUT = 0.2f;

  private LayerArguments() {}

  /** A config under construction. */
  static final class Config {
    private final ObjectNode node;

    private Config(ObjectNode node) {
      this.node = node;
    }

    Config put(String key, int value) {
      node.put(key, value);
      return this;
    }

    Config put(String key, boolean value) {
      node.put(key, value);
      return this;
    }

    Config put(String key, String value) {
      node.put(key, value);
      return this;
    }

    /** The decimal number that Python would have been given: 0.1, not 0.10000000149011612. */
    Config put(String key, float value) {
      node.put(key, Double.parseDouble(Float.toString(value)));
      return this;
    }

    Config put(String key, List<Integer> values) {
      ArrayNode array = node.putArray(key);
      values.forEach(array::add);
      return this;
    }

    Config put(String key, @Nullable ObjectNode value) {
      node.set(key, value);
      return this;
    }

    Config put(String key, Activation activation) {
      return put(key, activation.kerasName());
    }

    /** No activation is null, as the reference's defaults have it. */
    Config putOptional(String key, Activation activation) {
      return activation == Activation.LINEAR ? none(key) : put(key, activation);
    }

    Config none(String... keys) {
      for (String key : keys) {
        node.putNull(key);
      }
      return this;
    }

    public ObjectNode build() {
      return node;
    }
  }

  /** A layer's config with what all layers have; its name is set by the builder. */
  static Config layer() {
    return layer(true);
  }

  static Config layer(boolean trainable) {
    return new Config(JSON.objectNode()).put("trainable", trainable).put("dtype", dtype());
  }

  /** A layer of the reference that has no {@code get_config} of its own. */
  static ObjectNode plain() {
    return layer().none("activity_regularizer").put("autocast", true).build();
  }

  static ObjectNode embedding(FeatureColumn column, int width) {
    return layer(column.trainable())
        .put("input_dim", column.vocabSize())
        .put("output_dim", width)
        .put("embeddings_initializer", initializer(column))
        .put("embeddings_regularizer", l2(column.l2Reg()))
        .none("activity_regularizer", "embeddings_constraint")
        .put("mask_zero", false)
        .none("quantization_config")
        .build();
  }

  static ObjectNode flatten() {
    return layer().put("data_format", "channels_last").build();
  }

  static ObjectNode dense(int units, boolean useBias, String activation) {
    return layer()
        .put("units", units)
        .put("activation", activation)
        .put("use_bias", useBias)
        .put("kernel_initializer", glorotUniform())
        .put("bias_initializer", keras("initializers", "Zeros", JSON.objectNode()))
        .none("kernel_regularizer", "bias_regularizer", "kernel_constraint", "bias_constraint")
        .none("quantization_config")
        .build();
  }

  static ObjectNode dropout(float rate) {
    return layer().put("rate", rate).none("seed", "noise_shape").build();
  }

  static ObjectNode multiHeadAttention() {
    return layer()
        .put("num_heads", HEADS)
        .put("key_dim", KEY_DIM)
        .put("value_dim", KEY_DIM)
        .put("dropout", ATTENTION_DROPOUT)
        .put("use_bias", true)
        .put("use_gate", false)
        .none("output_shape")
        .put("attention_axes", ImmutableList.of(1))
        .none("sliding_window")
        .put("kernel_initializer", glorotUniform())
        .put("bias_initializer", keras("initializers", "Zeros", JSON.objectNode()))
        .none("kernel_regularizer", "bias_regularizer", "activity_regularizer")
        .none("kernel_constraint", "bias_constraint", "seed")
        .build();
  }

  static ObjectNode globalAveragePooling() {
    return layer().put("data_format", "channels_last").put("keepdims", false).build();
  }

  static ObjectNode dnn(
      List<Integer> units,
      float dropoutRate,
      Activation activation,
      boolean outActive,
      boolean useBn) {
    return layer()
        .put("units", units)
        .put("dropout_rate", dropoutRate)
        .put("activation", activation)
        .put("out_active", outActive)
        .put("use_bn", useBn)
        .build();
  }

  static ObjectNode reshape(Integer... shape) {
    return layer().put("target_shape", ImmutableList.copyOf(shape)).build();
  }

  /** A PredictLayer that gives logits. */
  static ObjectNode logit() {
    return predict(true).build();
  }

  /** A PredictLayer at the end of a task. */
  static ObjectNode score(Target target) {
    Config config = predict(false);
    if (target.type() == TaskType.BINARY) {
      return config.build();
    }
    String prefix = target.transform() == null ? "" : "log1p_";
    return config.put("task", prefix + target.type().key()).build();
  }

  private static Config predict(boolean asLogit) {
    return layer().put("as_logit", asLogit).put("use_bias", false);
  }

  /**
   * A layer that several layers share, as the reference writes it into the config of each.
   *
   * @param shapes of what the layer is built for, without the batch
   */
  static ObjectNode shared(
      String className, String name, ObjectNode config, List<List<Integer>> shapes) {
    ObjectNode node = JSON.objectNode();
    node.put("module", "scenerank_keras.meta_layers").put("class_name", className);
    ObjectNode own = node.putObject("config").put("name", name);
    own.setAll(config);
    node.put("registered_name", className);
    ArrayNode inputs = node.putObject("build_config").putArray("input_shape");
    for (List<Integer> shape : shapes) {
      ArrayNode input = inputs.addArray().addNull();
      shape.forEach(input::add);
    }
    // The id follows from the name, so that all owners have one.
    CRC32 id = new CRC32();
    id.update(name.replace("/", "__").getBytes(StandardCharsets.UTF_8));
    return node.put("shared_object_id", id.getValue());
  }

  /** The initializer of a name that a feature column may have. */
  private static ObjectNode initializer(FeatureColumn column) {
    return column.initializer().equals("zeros")
        ? keras("initializers", "Zeros", JSON.objectNode())
        : keras(
            "initializers",
            "RandomUniform",
            new Config(JSON.objectNode())
                .none("seed")
                .put("minval", -0.05f)
                .put("maxval", 0.05f)
                .build());
  }

  private static ObjectNode glorotUniform() {
    return keras(
        "initializers",
        "GlorotUniform",
        new Config(JSON.objectNode()).none("seed", "input_axes", "output_axes").build());
  }

  /** Null where nothing is regularised. */
  private static @Nullable ObjectNode l2(float factor) {
    return factor == 0
        ? null
        : keras("regularizers", "L2", new Config(JSON.objectNode()).put("l2", factor).build());
  }

  private static ObjectNode dtype() {
    ObjectNode policy = keras("", "DTypePolicy", JSON.objectNode().put("name", "float32"));
    return policy.put("module", "keras");
  }

  private static ObjectNode keras(String module, String className, ObjectNode config) {
    ObjectNode node = JSON.objectNode();
    node.put("module", "keras." + module).put("class_name", className);
    node.set("config", config);
    return node.putNull("registered_name");
  }
}
