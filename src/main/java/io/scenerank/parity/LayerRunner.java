package io.scenerank.parity;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.TensorFlowErrors;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Runs a case of one layer: its outputs, and the gradients of Σ output · cotangent. */
final class LayerRunner {
  private final LayerCases layers = new LayerCases();
  private final Comparisons comparisons;

  LayerRunner(Comparisons comparisons) {
    this.comparisons = comparisons;
  }

  ImmutableList<TensorComparison> run(CaseFile file) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Map<String, Operand<TFloat32>> placeholders = new LinkedHashMap<>();
      file.floatInputs()
          .forEach(
              (name, value) ->
                  placeholders.put(
                      name,
                      tf.placeholder(
                          TFloat32.class,
                          Placeholder.shape(Shape.of(-1).append(value.shape().tail())))));
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      ImmutableMap<String, Operand<TFloat32>> inputs = ImmutableMap.copyOf(placeholders);
      LayerInputs arguments = new LayerInputs(file, inputs);
      List<Operand<TFloat32>> outputs = call(tf, store, file, arguments);
      arguments.requireAllUsed();
      comparisons.requireWeights(file, store.parts());
      ImmutableMap<String, Operand<TFloat32>> fetches =
          fetches(graph, tf, file, inputs, store, outputs);
      WeightAccess access = new WeightAccess(tf, store.weights());
      try (Session session = new Session(graph)) {
        access.assign(session, file.weights());
        return compare(file, run(session, inputs, fetches, file));
      }
    }
  }

  /**
   * @throws InvalidInputException with what the layer says of arguments or inputs that it refuses
   */
  private List<Operand<TFloat32>> call(
      Ops tf, WeightStore store, CaseFile file, LayerInputs inputs) {
    try {
      return layers.call(tf, store.root(), file, inputs);
    } catch (IllegalArgumentException e) {
      if (TensorFlowErrors.isOne(e)) {
        throw e;
      }
      throw new InvalidInputException(file.path() + ": " + file.name() + ": " + e.getMessage(), e);
    }
  }

  private static void requireCotangent(
      CaseFile file, String name, FloatTensor cotangent, Shape output) {
    if (!cotangent.shape().isCompatibleWith(output)) {
      throw new InvalidInputException(
          String.format(
              "%s: cotangents/%s has the shape %s, expected %s",
              file.path(), name, cotangent.shape(), output));
    }
  }

  /** Outputs and gradients under their names in the case file. */
  private ImmutableMap<String, Operand<TFloat32>> fetches(
      Graph graph,
      Ops tf,
      CaseFile file,
      ImmutableMap<String, Operand<TFloat32>> inputs,
      WeightStore store,
      List<Operand<TFloat32>> outputs) {
    ImmutableMap.Builder<String, Operand<TFloat32>> fetches = ImmutableMap.builder();
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      // A list of one tensor is out_0, a tensor is out.
      String name = file.outputs().containsKey("out") ? "out" : "out_" + i;
      // A layer may hand its input through, and TensorFlow fetches nothing that is fed.
      fetches.put("outputs/" + name, tf.identity(outputs.get(i)));
      FloatTensor cotangent = file.cotangents().get(name);
      if (cotangent != null) {
        requireCotangent(file, name, cotangent, outputs.get(i).shape());
        Operand<TFloat32> product =
            tf.math.mul(
                outputs.get(i),
                tf.reshape(
                    tf.constant(cotangent.values()), tf.constant(cotangent.shape().asArray())));
        terms.add(sum(tf, product));
      }
    }
    if (!terms.isEmpty()) {
      List<String> names = new ArrayList<>();
      List<Output<?>> sources = new ArrayList<>();
      inputs.forEach(
          (name, input) -> {
            names.add("input_grads/" + name);
            sources.add(input.asOutput());
          });
      for (Weight weight : store.weights()) {
        names.add("weight_grads/" + weight.path());
        sources.add(weight.value().asOutput());
      }
      // TensorFlow has no gradient for what the outputs do not depend on, where Keras says 0.
      sources.forEach(source -> terms.add(zero(tf, source.expect(TFloat32.class))));
      Output<?>[] gradients =
          graph.addGradients(
              terms.stream().reduce(tf.math::add).orElseThrow().asOutput(),
              sources.toArray(new Output<?>[0]));
      for (int i = 0; i < gradients.length; i++) {
        fetches.put(names.get(i), gradients[i].expect(TFloat32.class));
      }
    }
    return fetches.buildOrThrow();
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
    return tf.reduceSum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(0));
  }

  private static Operand<TFloat32> zero(Ops tf, Operand<TFloat32> x) {
    return tf.math.mul(sum(tf, x), tf.constant(0f));
  }

  private static ImmutableMap<String, FloatTensor> run(
      Session session,
      ImmutableMap<String, Operand<TFloat32>> inputs,
      ImmutableMap<String, Operand<TFloat32>> fetches,
      CaseFile file) {
    List<TFloat32> tensors = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      inputs.forEach(
          (name, input) -> {
            TFloat32 tensor = requireNonNull(file.floatInputs().get(name), name).toTensor();
            tensors.add(tensor);
            runner.feed(input, tensor);
          });
      fetches.values().forEach(runner::fetch);
      ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
      try (Result result = runner.run()) {
        int next = 0;
        for (String name : fetches.keySet()) {
          values.put(name, FloatTensor.of((TFloat32) result.get(next++)));
        }
      }
      return values.buildOrThrow();
    } finally {
      tensors.forEach(TFloat32::close);
    }
  }

  private ImmutableList<TensorComparison> compare(
      CaseFile file, ImmutableMap<String, FloatTensor> actual) {
    return comparisons.compare(
        file,
        actual,
        ImmutableMap.of(
            "outputs", file.outputs(),
            "input_grads", file.inputGradients(),
            "weight_grads", file.weightGradients()));
  }
}
