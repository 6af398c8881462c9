package io.scenerank.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Targets;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.model.Models;
import io.scenerank.train.Device;
import io.scenerank.train.KerasLoss;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Runs a case of a whole model: outputs, gradients of the loss, and a replay of training steps. */
final class ModelRunner {
  private final ConfigMapper mapper = new ConfigMapper();
  private final Models models;
  private final Comparisons comparisons;

  ModelRunner(Models models, Comparisons comparisons) {
    this.models = models;
    this.comparisons = comparisons;
  }

  ImmutableList<TensorComparison> run(CaseFile file) {
    String where = file.path() + ": config";
    ModelConfig config = mapper.convert(file.config(), ModelConfig.class, where);
    JsonNode featureColumns = config.featureColumns();
    String model = config.model();
    if (featureColumns == null || model == null) {
      throw new InvalidInputException(where + ": 'feature_columns' or 'model' is missing");
    }
    ImmutableList<FeatureColumn> columns =
        FeatureColumn.list(featureColumns, where + ".feature_columns");
    ModelDefinition<?> definition =
        models
            .define(
                models.get(model),
                new ReferenceParams(file).of(model, config.modelParams()),
                columns,
                where + ".model_params")
            .withTargets(config.targets() == null ? Targets.NONE : config.targets());
    TrainingConfig training = training(file, config);
    CaseInputs inputs = new CaseInputs(file, definition, columns);
    ImmutableList.Builder<TensorComparison> result = ImmutableList.builder();
    result.addAll(forwardAndBackward(file, training, definition, inputs));
    file.steps()
        .ifPresent(
            steps -> {
              result.addAll(initial(file, steps.initializerSeeds(), definition));
              result.addAll(replay(file, steps, training, definition, inputs));
            });
    return result.build();
  }

  private TrainingConfig training(CaseFile file, ModelConfig config) {
    return config.training() == null
        ? TrainingConfig.keras()
        : mapper.merge(
            TrainingConfig.keras(),
            TrainingConfig.class,
            config.training(),
            file.path() + ": config.training");
  }

  /** Compares the case's weights with what the seeds of their initialisers give. */
  private ImmutableList<TensorComparison> initial(
      CaseFile file, ImmutableMap<String, Integer> seeds, ModelDefinition<?> definition) {
    return seeds.isEmpty()
        ? ImmutableList.of()
        : comparisons.compare(
            file,
            InitialWeights.draw(file, definition, seeds),
            ImmutableMap.of("initial", file.weights()));
  }

  private ImmutableList<TensorComparison> forwardAndBackward(
      CaseFile file, TrainingConfig training, ModelDefinition<?> definition, CaseInputs inputs) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      ModelGraph model =
          ModelGraph.build(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      comparisons.requireWeights(file, store.parts());
      Placeholder<TFloat32> labels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, definition.labelWidth())));
      ImmutableMap<Weight, Operand<TFloat32>> gradients =
          file.weightGradients().isEmpty()
              ? ImmutableMap.of()
              : gradients(
                  graph, tf, store, KerasLoss.ofBatch(tf, training, definition, model, labels));
      WeightAccess access = new WeightAccess(tf, store.weights());
      try (Session session = new Session(graph)) {
        access.assign(session, file.weights());
        ImmutableMap.Builder<String, FloatTensor> actual = ImmutableMap.builder();
        actual.putAll(outputs(session, model, inputs));
        if (!gradients.isEmpty()) {
          actual.putAll(gradients(session, model, labels, gradients, file, inputs));
        }
        return comparisons.compare(
            file,
            actual.buildOrThrow(),
            ImmutableMap.of("outputs", file.outputs(), "weight_grads", file.weightGradients()));
      }
    }
  }

  private static ImmutableMap<Weight, Operand<TFloat32>> gradients(
      Graph graph, Ops tf, WeightStore store, Operand<TFloat32> loss) {
    Gradients gradients = Gradients.of(graph, tf, loss, store);
    ImmutableMap.Builder<Weight, Operand<TFloat32>> dense = ImmutableMap.builder();
    gradients.denseWeights().forEach(weight -> dense.put(weight, gradients.dense(weight)));
    gradients.tables().forEach(table -> dense.put(table, gradients.dense(table)));
    return dense.buildOrThrow();
  }

  private static ImmutableMap<String, FloatTensor> outputs(
      Session session, ModelGraph model, CaseInputs inputs) {
    try (Batch batch = inputs.batch(inputs.allRows())) {
      Session.Runner runner = model.inputs().feed(session.runner(), batch.ids(), batch.dense());
      model.probabilities().values().forEach(runner::fetch);
      ImmutableMap.Builder<String, FloatTensor> outputs = ImmutableMap.builder();
      try (Result result = runner.run()) {
        int next = 0;
        for (String task : model.probabilities().keySet()) {
          outputs.put("outputs/" + task, FloatTensor.of((TFloat32) result.get(next++)));
        }
      }
      return outputs.buildOrThrow();
    }
  }

  private static ImmutableMap<String, FloatTensor> gradients(
      Session session,
      ModelGraph model,
      Placeholder<TFloat32> labels,
      ImmutableMap<Weight, Operand<TFloat32>> gradients,
      CaseFile file,
      CaseInputs inputs) {
    int rows = file.gradientRows().orElse(inputs.allRows().length);
    try (Batch batch = inputs.labelledBatch(IntStream.range(0, rows).toArray())) {
      Session.Runner runner = model.inputs().feed(session.runner(), batch.ids(), batch.dense());
      runner.feed(labels, batch.labels().orElseThrow());
      gradients.values().forEach(runner::fetch);
      ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
      try (Result result = runner.run()) {
        int next = 0;
        for (Weight weight : gradients.keySet()) {
          FloatTensor whole = FloatTensor.of((TFloat32) result.get(next++));
          WeightAccess.parts(weight, whole)
              .forEach((path, value) -> values.put("weight_grads/" + path, value));
        }
      }
      return values.buildOrThrow();
    }
  }

  private ImmutableList<TensorComparison> replay(
      CaseFile file,
      CaseFile.Steps steps,
      TrainingConfig training,
      ModelDefinition<?> definition,
      CaseInputs inputs) {
    int count = Math.toIntExact(steps.batchRows().shape().get(0));
    int size = Math.toIntExact(steps.batchRows().shape().get(1));
    TrainingGraph.Options options =
        new TrainingGraph.Options(
            training, 0, new Device(Device.Kind.CPU, 0), 0, Optional.of(steps.dropoutSeeds()));
    try (TrainingGraph graph = new TrainingGraph(definition, options)) {
      graph.assign(file.weights());
      float[] losses = new float[count];
      Map<String, float[]> lossWeights = new LinkedHashMap<>();
      for (int step = 0; step < count; step++) {
        int[] rows = Arrays.copyOfRange(steps.batchRows().values(), step * size, (step + 1) * size);
        try (Batch batch = inputs.labelledBatch(rows)) {
          TrainingGraph.StepMetrics metrics =
              graph.step(batch, step, training.learningRate(), true);
          losses[step] = metrics.loss();
          for (Map.Entry<String, Float> weight : metrics.lossWeights().entrySet()) {
            lossWeights.computeIfAbsent(weight.getKey(), task -> new float[count])[step] =
                weight.getValue();
          }
        }
      }
      ImmutableMap.Builder<String, FloatTensor> actual = ImmutableMap.builder();
      actual.put("steps/loss", new FloatTensor(Shape.of(count), losses));
      lossWeights.forEach(
          (task, values) ->
              actual.put("steps/loss_weights/" + task, new FloatTensor(Shape.of(count), values)));
      graph.read().forEach((path, value) -> actual.put("steps/weights_after/" + path, value));
      return comparisons.compare(
          file,
          actual.buildOrThrow(),
          ImmutableMap.of(
              "steps", ImmutableMap.of("loss", steps.loss()),
              "steps/loss_weights", steps.lossWeights(),
              "steps/weights_after", steps.weightsAfter()));
    }
  }
}
