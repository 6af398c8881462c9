package io.scenerank.testing;

import com.google.common.base.Joiner;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The JSON of small functional models, as Keras 2 writes it. */
public final class KerasJson {
  private KerasJson() {}

  /** An input of ids. */
  public static String ids(String name, int width) {
    return input(name, width, "int32");
  }

  /** An input of numbers. */
  public static String numbers(String name, int width) {
    return input(name, width, "float32");
  }

  private static String input(String name, int width, String type) {
    return String.format(
        "{\"class_name\": \"InputLayer\", \"name\": \"%1$s\", \"config\": {\"name\": \"%1$s\","
            + " \"batch_input_shape\": [null, %2$d], \"dtype\": \"%3$s\"}, \"inbound_nodes\": []}",
        name, width, type);
  }

  /** A table. */
  public static String table(String name, int rows, int width, String... on) {
    return layer("Embedding", name, "\"input_dim\": " + rows + ", \"output_dim\": " + width, on);
  }

  /**
   * A layer.
   *
   * @param config its arguments, without the name
   * @param on what it is called on, once for each text: names of layers with commas between, of a
   *     model inside the model with {@code #1} behind the name
   */
  public static String layer(String className, String name, String config, String... on) {
    String calls =
        Arrays.stream(on).map(KerasJson::call).collect(Collectors.joining(", ", "[", "]"));
    return String.format(
        "{\"class_name\": \"%1$s\", \"name\": \"%2$s\", \"config\": {\"name\": \"%2$s\"%3$s%4$s},"
            + " \"inbound_nodes\": %5$s}",
        className, name, config.isEmpty() ? "" : ", ", config, calls);
  }

  private static String call(String tensors) {
    return Arrays.stream(tensors.split(",", -1))
        .map(tensor -> "[\"" + tensor.replace("#1", "") + "\", " + number(tensor) + ", 0, {}]")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Keras 2 counts a model's call on its own inputs as the first. */
  private static int number(String tensor) {
    return tensor.endsWith("#1") ? 1 : 0;
  }

  /** A function of TensorFlow with a number as its second argument. */
  public static String function(String function, String name, String argument, String on) {
    return String.format(
        "{\"class_name\": \"TFOpLambda\", \"name\": \"%1$s\", \"config\": {\"name\": \"%1$s\","
            + " \"function\": \"%2$s\"}, \"inbound_nodes\": [[[\"%4$s\", 0, 0, {%3$s}]]]}",
        name, function, argument, on);
  }

  /** A model, also one inside another, where its layer comes behind the config. */
  public static String model(String name, String inputs, String outputs, String... layers) {
    return "{\"class_name\": \"Functional\", \"config\": "
        + config(name, inputs, outputs, layers)
        + "}";
  }

  /** A model as a layer of another one. */
  public static String inner(
      String name, String inputs, String outputs, String on, String... layers) {
    return String.format(
        "{\"class_name\": \"Functional\", \"name\": \"%s\", \"config\": %s, \"inbound_nodes\":"
            + " [[[\"%s\", 0, 0, {}]]]}",
        name, config(name, inputs, outputs, layers), on);
  }

  private static String config(String name, String inputs, String outputs, String... layers) {
    return String.format(
        "{\"name\": \"%s\", \"layers\": [%s], \"input_layers\": %s, \"output_layers\": %s}",
        name, Joiner.on(",\n").join(layers), ends(inputs), ends(outputs));
  }

  private static String ends(String names) {
    return Arrays.stream(names.split(",", -1))
        .map(name -> "[\"" + name + "\", 0, 0]")
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
