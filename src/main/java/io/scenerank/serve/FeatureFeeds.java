package io.scenerank.serve;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores.OutputSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TInt64;

/**
 * Feeds a tensor a feature: the way of any SavedModel.
 *
 * @param fed the tensor that each input is fed to
 * @param outputs names of the tensors to fetch
 */
record FeatureFeeds(
    Session session,
    SignatureInputs inputs,
    ImmutableMap<String, String> fed,
    ImmutableList<String> outputs)
    implements Execution {

  /**
   * Adds to the session's graph what it takes to feed all inputs and to read all outputs of a
   * signature.
   *
   * @throws IllegalArgumentException if the signature names what the graph lacks
   */
  static FeatureFeeds of(
      Session session,
      GraphDef model,
      SignatureInputs inputs,
      ImmutableMap<String, OutputSpec> outputs) {
    List<OutputSpec> read = outputs.values().stream().filter(OutputSpec::isRead).toList();
    boolean copied = CastInputs.areNeeded(inputs.specs().values());
    if (copied) {
      new CastInputs(model, inputs.specs())
          .addTo(session.graph(), model, read.stream().map(OutputSpec::tensorName).toList());
    }
    ImmutableList.Builder<String> fetched = ImmutableList.builder();
    for (OutputSpec output : read) {
      String name = copied ? CastInputs.copyName(output.tensorName()) : output.tensorName();
      fetched.add(output.isCast() ? int64(session.graph(), name) : name);
    }
    return new FeatureFeeds(
        session,
        inputs,
        ImmutableMap.copyOf(
            Maps.transformValues(
                inputs.specs(), spec -> copied ? CastInputs.fedName(spec) : spec.tensorName())),
        fetched.build());
  }

  private static String int64(Graph graph, String tensor) {
    Ops tf = Ops.create(graph).withSubScope("int64_outputs");
    return tf.dtypes.cast(graph.outputOrThrow(tensor), TInt64.class).op().name() + ":0";
  }

  @Override
  public Result run(Features features, int rows) {
    List<Tensor> tensors = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (Map.Entry<String, String> input : fed.entrySet()) {
        String name = input.getKey();
        InputSpec spec = requireNonNull(inputs.specs().get(name), name);
        Tensor tensor = spec.tensor(inputs.source(), requireNonNull(features.get(name), name));
        tensors.add(tensor);
        runner.feed(input.getValue(), tensor);
      }
      outputs.forEach(runner::fetch);
      return runner.run();
    } finally {
      tensors.forEach(Tensor::close);
    }
  }
}
