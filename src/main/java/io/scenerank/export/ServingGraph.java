package io.scenerank.export;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.model.PackedInputs;
import io.scenerank.serve.Signatures;
import io.scenerank.variable.CheckpointSaver;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Shapes;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * The graph that serves a model: built for that purpose, without dropout, loss or slots, with one
 * forward pass behind all signatures.
 */
final class ServingGraph implements AutoCloseable {
  private static final String METHOD = "tensorflow/serving/predict";

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
  private final Map<String, Operand<? extends TType>> features = new LinkedHashMap<>();
  private final Map<String, Operand<? extends TType>> packed = new LinkedHashMap<>();
  private final RawInputs raw;
  private final ImmutableMap<String, Operand<? extends TType>> outputs;

  /**
   * @param tensors results of layers that are outputs too, by name
   * @throws InvalidInputException naming a tensor that there is not, or that is an output anyway
   */
  ServingGraph(ModelDefinition<?> definition, List<String> tensors) {
    this(
        definition, (ops, layout) -> new VocabularyInputs(ops, layout, ImmutableMap.of()), tensors);
  }

  /**
   * @param maker of the inputs of the signature {@code raw}; without any there is no such signature
   */
  ServingGraph(ModelDefinition<?> definition, RawInputs.Maker maker) {
    this(definition, maker, ImmutableList.of());
  }

  private ServingGraph(ModelDefinition<?> definition, RawInputs.Maker maker, List<String> tensors) {
    PackedLayout layout = definition.layout();
    this.raw = maker.make(tf, layout);
    List<Operand<TInt32>> ids = new ArrayList<>();
    List<Operand<TFloat32>> dense = new ArrayList<>();
    Ops inputs = tf.withSubScope("inputs");
    Map<String, Operand<TString>> texts = new LinkedHashMap<>();
    for (FeatureColumn column : layout.columns()) {
      switch (column.type()) {
        case DENSE -> dense.add(feature(inputs, column, TFloat32.class, raw.dense(column)));
        case TEXT ->
            texts.put(column.name(), feature(inputs, column, TString.class, Optional.empty()));
        default -> ids.add(feature(inputs, column, TInt32.class, raw.ids(column)));
      }
    }
    PackedLayout numbers = layout.withoutTexts();
    InputChecks checks = new InputChecks(graph, tf, numbers);
    PackedInputs packedInputs =
        new PackedInputs(
                pack("ids", ids, numbers.idWidth()).map(checks::ids),
                pack("dense", dense, numbers.denseWidth()).map(checks::dense))
            .withTexts(texts);
    if (!texts.isEmpty()) {
      // Texts do not stand side by side with ids.
      packed.clear();
    }
    ModelGraph model = ModelGraph.build(definition, tf, store, packedInputs, tensors);
    Ops named = tf.withSubScope("outputs");
    ImmutableMap.Builder<String, Operand<? extends TType>> all = ImmutableMap.builder();
    model
        .probabilities()
        .forEach(
            (task, value) ->
                all.put(task, named.withName(GraphNames.opName(task)).identity(value)));
    model
        .tensors()
        .forEach(
            (name, value) -> {
              if (model.probabilities().containsKey(name)) {
                throw new InvalidInputException(
                    "tensor '" + name + "' is an output of the model, expected another one");
              }
              all.put(name, tf.withSubScope("tensors").identity(value));
            });
    this.outputs = all.buildOrThrow();
  }

  /**
   * The values of a feature: they are fed, or else computed of raw values, which the signature
   * {@code raw} feeds.
   */
  private <T extends TType> Operand<T> feature(
      Ops ops, FeatureColumn column, Class<T> type, Optional<Operand<T>> computed) {
    Ops named = ops.withName(GraphNames.opName(column.name()));
    Shape shape = Shape.of(-1, column.width()); // [B, width]
    Operand<T> input =
        computed.isPresent()
            ? named.placeholderWithDefault(computed.get(), shape)
            : named.placeholder(type, Placeholder.shape(shape));
    features.put(column.name(), input);
    return input;
  }

  /** The features side by side; the signature {@code packed} feeds the result itself. */
  private <T extends TType> Optional<Operand<T>> pack(
      String name, List<Operand<T>> values, int width) {
    if (values.isEmpty()) {
      return Optional.empty();
    }
    Operand<T> together = Shapes.concat(tf, values, 1);
    Operand<T> input =
        tf.withSubScope(Signatures.PACKED)
            .withName(name)
            .placeholderWithDefault(together, Shape.of(-1, width)); // [B, F]
    packed.put(name, input);
    return Optional.of(input);
  }

  Graph graph() {
    return graph;
  }

  Ops tf() {
    return tf;
  }

  /** The variables, in the order of their creation. */
  ImmutableList<Weight> weights() {
    return store.weights();
  }

  /**
   * Gives the variables values.
   *
   * @param weights every variable by its path
   * @throws IllegalArgumentException if a variable is missing or of another shape
   */
  void assign(Session session, Map<String, FloatTensor> weights) {
    new WeightAccess(tf, weights()).assign(session, weights);
  }

  /**
   * Gives the variables the values of a checkpoint.
   *
   * @param prefix of the checkpoint, with every variable under its path
   */
  void restore(Session session, Path prefix) {
    CheckpointSaver saver = new CheckpointSaver(tf, weights());
    Session.Runner runner = session.runner();
    store.initializers().forEach(runner::addTarget);
    runner.run().close();
    saver.restore(session, prefix);
  }

  /** The inputs of raw values. */
  RawInputs raw() {
    return raw;
  }

  /** The signatures by name. */
  ImmutableMap<String, SignatureDef> signatures() {
    ImmutableMap.Builder<String, SignatureDef> signatures = ImmutableMap.builder();
    signatures.put(Signatures.SERVING_DEFAULT, signature(features));
    if (!packed.isEmpty()) {
      signatures.put(Signatures.PACKED, signature(packed));
    }
    if (!raw.placeholders().isEmpty()) {
      Map<String, Operand<? extends TType>> inputs = new LinkedHashMap<>(features);
      inputs.putAll(raw.placeholders());
      inputs.keySet().removeAll(raw.derived());
      signatures.put(Signatures.RAW, signature(inputs));
    }
    return signatures.buildOrThrow();
  }

  private SignatureDef signature(Map<String, Operand<? extends TType>> inputs) {
    SignatureDef.Builder signature = SignatureDef.newBuilder().setMethodName(METHOD);
    inputs.forEach((name, input) -> signature.putInputs(name, GraphNames.info(input)));
    outputs.forEach((name, output) -> signature.putOutputs(name, GraphNames.info(output)));
    return signature.build();
  }

  @Override
  public void close() {
    graph.close();
  }
}
