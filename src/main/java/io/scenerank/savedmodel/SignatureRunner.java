package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import io.scenerank.layer.TensorFlowErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * One signature of a session: checks rows, feeds them and fetches the outputs. Safe for many
 * threads at once; the session stays its owner's to close.
 */
final class SignatureRunner {
  private final String source;
  private final Session session;
  private final ImmutableMap<String, InputSpec> inputs;
  private final ImmutableMap<String, TensorInfo> outputs;
  private volatile boolean closed;

  /**
   * @param source what errors name in front: the model's folder or name
   */
  SignatureRunner(String source, Session session, SignatureDef signature) {
    this.source = source;
    this.session = session;
    // A signature that was read from a file has its names in no order of their own.
    ImmutableMap.Builder<String, InputSpec> specs = ImmutableMap.builder();
    new TreeMap<>(signature.getInputsMap())
        .forEach((name, info) -> specs.put(name, InputSpec.of(name, info)));
    this.inputs = specs.buildOrThrow();
    this.outputs = ImmutableMap.copyOf(new TreeMap<>(signature.getOutputsMap()));
  }

  ImmutableMap<String, InputSpec> inputs() {
    return inputs;
  }

  ImmutableSet<String> outputs() {
    return outputs.keySet();
  }

  /** See {@link Ranker#predict}. */
  Scores predict(Features features) {
    if (closed) {
      throw new IllegalStateException(source + ": the predictor is closed");
    }
    check(features);
    List<Tensor> tensors = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      inputs.forEach(
          (name, spec) -> {
            Tensor tensor = spec.tensor(source, features.get(name));
            tensors.add(tensor);
            runner.feed(spec.tensorName(), tensor);
          });
      outputs.values().forEach(output -> runner.fetch(output.getName()));
      try (Result result = runner.run()) {
        return scores(result);
      }
    } catch (RuntimeException e) {
      // A signature that names what the graph lacks is met with an IllegalArgumentException.
      if (TensorFlowErrors.isOne(e) || e instanceof IllegalArgumentException) {
        throw new InvalidInputException(source + ": " + VocabularyMessage.of(e), e);
      }
      throw e;
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private Scores scores(Result result) {
    OutputReader reader = new OutputReader(source);
    int next = 0;
    for (String name : outputs.keySet()) {
      reader.read(name, result.get(next++));
    }
    return reader.scores();
  }

  private void check(Features features) {
    for (String name : Sets.difference(features.names(), inputs.keySet())) {
      throw new InvalidInputException(
          source + ": feature '" + name + "' is no input" + Nearest.hint(name, inputs.keySet()));
    }
    long rows = -1;
    for (InputSpec spec : inputs.values()) {
      Features.Value value = features.get(spec.name());
      if (value == null) {
        throw new InvalidInputException(source + ": feature '" + spec.name() + "' is missing");
      }
      spec.check(source, value);
      long found = value.shape().get(0);
      if (rows >= 0 && found != rows) {
        throw new InvalidInputException(
            String.format(
                "%s: feature '%s' has %d rows, the features before it %d",
                source, spec.name(), found, rows));
      }
      rows = found;
    }
  }

  /** Ends prediction; the owner then closes the session. */
  void close() {
    closed = true;
  }
}
