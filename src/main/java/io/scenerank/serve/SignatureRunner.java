package io.scenerank.serve;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Ranker.CheckedRows;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.serve.graph.PackedGraph;
import io.scenerank.variable.TensorFlowErrors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SignatureDef;

/**
 * One signature of a session: checks rows, feeds them and fetches the outputs. Safe for many
 * threads at once; the session stays its owner's to close.
 */
final class SignatureRunner {
  private final SignatureInputs inputs;
  private final ImmutableMap<String, OutputSpec> outputs;
  private final OutputReader reader;
  private final Execution execution;
  private final boolean ownExport;
  private final boolean stackable;
  private final CloseGate gate;

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
    SignatureDef signature = requireNonNull(signatures.get(name), name);
    this.inputs = new SignatureInputs(source, InputSpec.all(signature));
    this.outputs = OutputSpec.all(signature);
    this.reader = new OutputReader(outputs);
    this.gate = new CloseGate(source);
    this.stackable = RowStack.isOfRows(inputs.specs(), outputs);
    Optional<PackedGraph> packed =
        PackedGraph.find(model, signatures, Signatures.SERVING_DEFAULT, Signatures.PACKED);
    this.ownExport = packed.isPresent();
    this.execution =
        packed
            .filter(graph -> name.equals(Signatures.SERVING_DEFAULT))
            .map(graph -> PackedFeeds.add(source, session, graph))
            .orElseGet(() -> plain(session, model));
  }

  private Execution plain(Session session, GraphDef model) {
    try {
      return FeatureFeeds.of(session, model, inputs, outputs);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(inputs.source() + ": " + TensorFlowErrors.firstLine(e), e);
    }
  }

  ImmutableMap<String, InputSpec> inputs() {
    return inputs.specs();
  }

  ImmutableMap<String, OutputSpec> outputs() {
    return outputs;
  }

  /** See {@link Ranker#predict}. */
  Scores predict(Features features) {
    return gate.call(() -> run(features));
  }

  /** Checks rows and computes nothing. */
  CheckedRows check(Features features) {
    int rows = inputs.check(features);
    String form = execution.check(features, rows);
    return new CheckedRows(features, rows, stackable ? form : "");
  }

  /** Scores the rows of calls with one form in one run, and returns the scores of each. */
  ImmutableList<Scores> predictAll(List<CheckedRows> calls) {
    Features features = RowStack.stack(calls);
    int rows = calls.stream().mapToInt(CheckedRows::rows).sum();
    Scores all = gate.call(() -> run(features, rows));
    if (calls.size() == 1) {
      return ImmutableList.of(all);
    }
    ImmutableList.Builder<Scores> scores = ImmutableList.builder();
    int from = 0;
    for (CheckedRows call : calls) {
      scores.add(all.rows(from, call.rows()));
      from += call.rows();
    }
    return scores.build();
  }

  private Scores run(Features features) {
    return run(features, inputs.check(features));
  }

  private Scores run(Features features, int rows) {
    try (Result result = execution.run(features, rows)) {
      Scores scores = reader.read(result);
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

  /** Ends prediction once the calls in flight are done, and then frees what they used. */
  void close(Runnable free) {
    gate.close(free);
  }
}
