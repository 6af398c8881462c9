package io.scenerank.parity;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.keras.KerasModelFile;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Functional.BuiltModel;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.train.KerasLoss;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.SessionOptions;
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
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Proves a model of a {@code .keras} file by what Keras recorded of it. */
final class KerasCaseRunner {
  private static final int STEPS = 5;

  /** As a training has them. */
  private static final ConfigProto OPTIONS =
      ConfigProto.newBuilder().setGraphOptions(SessionOptions.graphOptions()).build();

  private final LayerTypes types;
  private final Tolerances tolerances;

  KerasCaseRunner(LayerTypes types, Tolerances tolerances) {
    this.types = types;
    this.tolerances = tolerances;
  }

  /**
   * Runs a case.
   *
   * @throws InvalidInputException if a file cannot be read, or the model needs what is not computed
   */
  ImmutableList<TensorComparison> run(Path model, Path casesFile) {
    KerasCases cases = KerasCases.read(casesFile);
    try (KerasModelFile file = KerasModelFile.open(model, types);
        Graph graph = new Graph()) {
      return new Run(graph, file, cases).run();
    }
  }

  /** One case in one graph. */
  private final class Run {
    private final Graph graph;
    private final Ops tf;
    private final KerasModelFile file;
    private final KerasCases cases;
    private final CaseInputFeeds feeds;
    private final Placeholder<TInt32> step;
    private final WeightStore store;
    private final Tolerances tolerances;
    private final ImmutableList.Builder<TensorComparison> results = ImmutableList.builder();

    Run(Graph graph, KerasModelFile file, KerasCases cases) {
      this.graph = graph;
      this.tf = Ops.create(graph);
      this.file = file;
      this.cases = cases;
      this.tolerances = KerasCaseRunner.this.tolerances.atLeast(file.model().roundoff());
      this.feeds = new CaseInputFeeds(tf, file.model(), cases);
      this.step = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      // A replay of which no layer is named: dropout and noise change nothing.
      Training training = new Training(step, Optional.of(ImmutableMap.of()));
      this.store = new WeightStore(graph, tf, new Seeds(0), Optional.of(training));
    }

    ImmutableList<TensorComparison> run() {
      BuiltModel trained = BuiltModel.build(file.model(), store.root(), tf, feeds.inputs());
      WeightStore inferenceStore = store.inference();
      BuiltModel inference =
          BuiltModel.build(file.model(), inferenceStore.root(), tf, feeds.inputs());
      ImmutableMap<String, FloatTensor> weights = file.weights(trained.tree());
      ImmutableMap<String, MaskedTensor> outputs = named(inference);
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      outputs.forEach((name, output) -> fetches.put(name, fetched(output)));
      boolean differentiates = !cases.gradients().isEmpty();
      boolean trains = cases.losses().isPresent();
      Map<String, Operand<TFloat32>> gradients = new LinkedHashMap<>();
      if (differentiates) {
        Operand<TFloat32> loss = loss(outputs);
        gradients.put("grad_loss", loss);
        Gradients found = Gradients.of(graph, tf, loss, inferenceStore);
        for (Weight weight : inferenceStore.weights()) {
          if (weight.trainable()) {
            gradients.put(weight.parts().get(0).path(), found.dense(weight));
          }
        }
      }
      Optional<KerasSteps> steps =
          trains
              ? Optional.of(
                  KerasSteps.of(
                      graph, tf, store, step, loss(named(trained)), trained.tree(), file, cases))
              : Optional.empty();
      WeightAccess access = new WeightAccess(tf, store.weights());
      try (Session session = new Session(graph, SessionOptions.ofGraph(store, OPTIONS))) {
        access.assign(session, weights);
        compare("outputs/", session, fetches, cases.outputs(), tolerances.outputs());
        if (differentiates) {
          compareGradients(session, gradients, trained);
        }
        steps.ifPresent(training -> compareSteps(session, training, fetches));
      }
      return results.build();
    }

    private ImmutableMap<String, MaskedTensor> named(BuiltModel built) {
      return BuiltModel.named(built.outputs(), "0");
    }

    private Operand<TFloat32> fetched(MaskedTensor output) {
      // A model may hand its input through, and TensorFlow fetches nothing that is fed.
      return output.isText()
          ? TextNumbers.of(tf, output.text())
          : tf.identity(Casts.to(tf, output.value(), TFloat32.class));
    }

    private Operand<TFloat32> loss(Map<String, MaskedTensor> outputs) {
      List<Operand<TFloat32>> terms = new ArrayList<>();
      outputs.forEach(
          (name, output) -> {
            FloatTensor target = cases.targets().get(name);
            JsonNode lossName = cases.lossNames().path(name);
            if (target != null && !lossName.isMissingNode() && !lossName.isNull()) {
              Operand<TFloat32> term =
                  KerasLoss.read(lossName, cases.path() + ": output " + name)
                      .call(
                          tf,
                          tf.reshape(
                              tf.constant(target.values()), tf.constant(target.shape().asArray())),
                          Casts.to(tf, output.value(), TFloat32.class),
                          output.mask());
              double weight = cases.lossWeights().path(name).asDouble(1);
              terms.add(weight == 1 ? term : tf.math.mul(term, tf.constant((float) weight)));
            }
          });
      return terms.size() == 1 ? terms.get(0) : tf.math.addN(terms);
    }

    private void compare(
        String prefix,
        Session session,
        Map<String, Operand<TFloat32>> fetches,
        Map<String, FloatTensor> expected,
        double tolerance) {
      Map<String, FloatTensor> found = fetch(session, fetches);
      expected.forEach(
          (name, value) -> {
            FloatTensor computed = found.get(name);
            if (computed == null) {
              throw new InvalidInputException(
                  cases.path()
                      + ": the model has no output '"
                      + name
                      + "', expected one of "
                      + String.join(", ", found.keySet()));
            }
            add(prefix + name, computed, value, tolerance);
          });
    }

    private void add(String name, FloatTensor computed, FloatTensor expected, double tolerance) {
      // Python's numpy may write a scalar as an array of one number.
      boolean scalar = computed.shape().isScalar() && expected.shape().equals(Shape.of(1));
      if (!scalar && !computed.shape().equals(expected.shape())) {
        throw new InvalidInputException(
            String.format(
                "%s: '%s' has the shape %s in the file, %s in the model",
                cases.path(), name, expected.shape(), computed.shape()));
      }
      FloatTensor same = new FloatTensor(computed.shape(), expected.values());
      results.add(TensorComparison.of(name, computed, same, tolerance));
    }

    private void compareGradients(
        Session session, Map<String, Operand<TFloat32>> fetches, BuiltModel built) {
      Map<String, FloatTensor> found = fetch(session, fetches);
      cases
          .gradientLoss()
          .ifPresent(
              loss ->
                  add(
                      "grad_loss",
                      requireNonNull(found.get("grad_loss"), "grad_loss"),
                      loss,
                      tolerances.losses()));
      KerasPaths paths = KerasPaths.of(built.tree(), cases.gradients().keySet());
      cases
          .gradients()
          .forEach(
              (kerasPath, expected) -> {
                FloatTensor computed = found.get(paths.variable(cases.path(), kerasPath));
                if (computed == null) {
                  throw new InvalidInputException(
                      cases.path() + ": no gradient of '" + kerasPath + "' was computed");
                }
                add("grads/" + kerasPath, computed, expected, tolerances.gradients());
              });
    }

    private void compareSteps(
        Session session, KerasSteps training, Map<String, Operand<TFloat32>> outputs) {
      training.begin(session);
      FloatTensor expected = cases.losses().orElseThrow();
      float[] losses = new float[expected.values().length];
      for (int i = 0; i < losses.length; i++) {
        try (TInt32 number = TInt32.scalarOf(i);
            Result result =
                feeds
                    .feed(session.runner())
                    .feed(step, number)
                    .addTarget(training.update())
                    .fetch(training.loss())
                    .run()) {
          losses[i] = ((TFloat32) result.get(0)).getFloat();
        }
      }
      add("losses", new FloatTensor(expected.shape(), losses), expected, tolerances.losses());
      if (losses.length == STEPS && !cases.outputsAfter().isEmpty()) {
        compare(
            "outputs_after_5_steps/", session, outputs, cases.outputsAfter(), tolerances.weights());
      }
    }

    private Map<String, FloatTensor> fetch(
        Session session, Map<String, Operand<TFloat32>> fetches) {
      Session.Runner runner = feeds.feed(session.runner());
      fetches.values().forEach(runner::fetch);
      Map<String, FloatTensor> values = new LinkedHashMap<>();
      try (Result result = runner.run()) {
        int i = 0;
        for (String name : fetches.keySet()) {
          values.put(name, FloatTensor.of((TFloat32) result.get(i++)));
        }
      }
      return values;
    }
  }
}
