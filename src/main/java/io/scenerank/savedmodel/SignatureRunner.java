package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.TensorFlowErrors;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * One signature of a session: checks rows, feeds them and fetches the outputs. Safe for many
 * threads at once; the session stays its owner's to close.
 */
final class SignatureRunner {
  private final SignatureInputs inputs;
  private final ImmutableMap<String, TensorInfo> outputs;
  private final Execution execution;
  private final boolean ownExport;
  private volatile boolean closed;

  /**
   * @param source what errors name in front: the model's folder or name
   * @param model the session's graph
   * @param signatures the model's
   * @param name of the signature to run
   */
  SignatureRunner(
      String source,
      Session session,
      GraphDef model,
      Map<String, SignatureDef> signatures,
      String name) {
    SignatureDef signature = signatures.get(name);
    this.inputs = new SignatureInputs(source, InputSpec.all(signature));
    this.outputs = ImmutableMap.copyOf(new TreeMap<>(signature.getOutputsMap()));
    Execution plain =
        new FeatureFeeds(
            session,
            inputs,
            outputs.values().stream()
                .map(TensorInfo::getName)
                .collect(ImmutableList.toImmutableList()));
    this.ownExport =
        PackedSignature.find(new GraphNodes(model.getNodeList()), signatures).isPresent();
    this.execution =
        name.equals(SavedModelPredictor.SERVING_DEFAULT)
            ? PackedFeeds.add(source, session, model, signatures).orElse(plain)
            : plain;
  }

  ImmutableMap<String, InputSpec> inputs() {
    return inputs.specs();
  }

  ImmutableSet<String> outputs() {
    return outputs.keySet();
  }

  /** See {@link Ranker#predict}. */
  Scores predict(Features features) {
    if (closed) {
      throw new IllegalStateException(inputs.source() + ": the predictor is closed");
    }
    int rows = inputs.check(features);
    try (Result result = execution.run(features, rows)) {
      Scores scores = new OutputReader(inputs.source()).read(outputs.keySet(), result);
      // What another's model means by NaN is its own.
      if (ownExport) {
        scores.requireFinite(inputs.source());
      }
      return scores;
    } catch (InvalidInputException e) {
      throw e;
    } catch (RuntimeException e) {
      // A signature that names what the graph lacks is met with an IllegalArgumentException.
      if (TensorFlowErrors.isOne(e) || e instanceof IllegalArgumentException) {
        throw new InvalidInputException(inputs.source() + ": " + RowMessage.of(e), e);
      }
      throw e;
    }
  }

  /** Ends prediction; the owner then closes the session. */
  void close() {
    closed = true;
  }
}
