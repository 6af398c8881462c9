package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

/** The classes of layers that the functional models here are made of. */
final class FunctionalClasses {
  private static final String KERAS = "keras.layers";
  private static final String REFERENCE = "scenerank_keras.";

  /** The Python module of each class. */
  private static final ImmutableMap<String, String> MODULES =
      ImmutableMap.<String, String>builder()
          .put(FunctionalLayer.INPUT, KERAS)
          .put("Add", KERAS)
          .put("Concatenate", KERAS)
          .put("Dense", KERAS)
          .put("Dropout", KERAS)
          .put("Embedding", KERAS)
          .put("Flatten", KERAS)
          .put("GlobalAveragePooling1D", KERAS)
          .put("MultiHeadAttention", KERAS)
          .put("Reshape", KERAS)
          .put("Dnn", REFERENCE + "layers")
          .put("EpNet", REFERENCE + "layers")
          .put("MaskedMean", REFERENCE + "layers")
          .put("PpNet", REFERENCE + "layers")
          .put("PredictLayer", REFERENCE + "layers")
          .put("WeightedSum", REFERENCE + "layers")
          .put("ApgLayer", REFERENCE + "apg_layers")
          .put("AttentionMask", REFERENCE + "attention")
          .put("PositionEncodingLayer", REFERENCE + "attention")
          .put("MetaAttention", REFERENCE + "meta_layers")
          .put("MetaTower", REFERENCE + "meta_layers")
          .put("MetaUnit", REFERENCE + "meta_layers")
          .put("TaskEmbedding", REFERENCE + "meta_layers")
          .buildOrThrow();

  /** Classes without variables, whose layers the reference leaves to Keras to name. */
  private static final ImmutableSet<String> UNNAMED =
      ImmutableSet.of(
          "Add",
          "AttentionMask",
          "Concatenate",
          "Flatten",
          "GlobalAveragePooling1D",
          "MaskedMean",
          "Reshape",
          "WeightedSum");

  private FunctionalClasses() {}

  static ImmutableSet<String> known() {
    return MODULES.keySet();
  }

  static String module(String className) {
    return requireNonNull(MODULES.get(className), className);
  }

  /** Whether the class is the reference's own, not Keras'. */
  static boolean isOfReference(String className) {
    return MODULES.getOrDefault(className, KERAS).startsWith(REFERENCE);
  }

  /** Whether layers of the class are named by Keras: after the class, with a counter. */
  static boolean isUnnamed(String className) {
    return UNNAMED.contains(className);
  }
}
