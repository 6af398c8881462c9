package io.scenerank.serve;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Ranker.RankerClosedException;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.serve.graph.PackedGraph;
import io.scenerank.variable.TensorFlowErrors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;

/**
 * Scores many candidates of one user with an exported model. What depends on the user alone, down
 * to the user's part of the first layers' products and to weights that are generated from the user
 * or the scene, is computed once a call and not once a candidate. The scores are those of {@link
 * SavedModelPredictor} for rows that repeat the user, up to rounding.
 *
 * <pre>{@code
 * try (CandidateRanker ranker = CandidateRanker.load(model, Set.of("user_id", "scene"), 1)) {
 *   Scores scores = ranker.rank(
 *       Features.builder().ids("user_id", 7).ids("scene", 2).build(),
 *       Features.builder().ids("video_id", 11, 12, 13).build());
 *   float[] click = scores.get("is_click"); // one a candidate
 * }
 * }</pre>
 *
 * <p>Safe for many threads at once, {@link #close} included; see {@link Ranker}.
 */
@PublicApi
public final class CandidateRanker implements AutoCloseable {
  private static final String SCOPE = "split_pass";

  private final String source;
  private final SavedModelBundle bundle;
  private final String scope;
  private final boolean owner;
  private final Side user;
  private final Side candidates;
  private final ImmutableMap<String, Output<?>> outputs;
  private final OutputReader reader;
  private final CloseGate gate;

  /** The features of the user, or those of the candidates, and where they are fed. */
  private record Side(SignatureInputs inputs, FeaturePacker packer, PackedFeed fed) {
    void feed(Session.Runner runner, Features features, int rows, List<Tensor> tensors) {
      fed.feed(runner, packer, inputs.source(), features, rows, tensors);
    }
  }

  private CandidateRanker(
      Path path,
      SavedModelBundle bundle,
      String scope,
      boolean owner,
      ImmutableMap<String, InputSpec> inputs,
      ImmutableMap<String, OutputSpec> outputs,
      PackedGraph.Split pass) {
    this.source = path.toString();
    this.gate = new CloseGate(source);
    this.reader = new OutputReader(outputs);
    this.bundle = bundle;
    this.scope = scope;
    this.owner = owner;
    this.user = side("user", inputs, pass.user());
    this.candidates = side("candidates", inputs, pass.candidates());
    this.outputs =
        pass.outputs().entrySet().stream()
            .collect(
                ImmutableMap.toImmutableMap(Map.Entry::getKey, entry -> output(entry.getValue())));
  }

  private Side side(String name, ImmutableMap<String, InputSpec> inputs, PackedGraph.Side split) {
    FeaturePacker packer = new FeaturePacker(split.layout());
    return new Side(
        new SignatureInputs(
            source + ": " + name,
            ImmutableMap.copyOf(Maps.filterKeys(inputs, packer.names()::contains))),
        packer,
        new PackedFeed(split.ids().map(this::output), split.dense().map(this::output)));
  }

  private Output<?> output(String node) {
    return bundle.graph().operation(scope + "/" + node).output(0);
  }

  /** Loads a model that may compute and nothing else; see {@link Trust#CHECKED}. */
  public static CandidateRanker load(Path path, Set<String> userFeatures, int threads) {
    return load(path, userFeatures, threads, Trust.CHECKED);
  }

  /**
   * Loads a model that this library exported.
   *
   * @param base the folder with {@code saved_model.pb}, or one with a folder a version, of which
   *     the one with the largest number is loaded
   * @param userFeatures names of the features that {@link #rank} takes of the user, the scene's
   *     among them if all candidates share it; the candidates have the others
   * @param threads TensorFlow's threads; 0 for one a core
   * @param trust what the model's ops may do
   * @throws InvalidInputException if there is no SavedModel, it is damaged or refused, or this
   *     library did not export it; if it has no such feature, or no other
   */
  public static CandidateRanker load(
      Path base, Set<String> userFeatures, int threads, Trust trust) {
    Path path = SavedModelFolder.find(base, trust);
    SavedModelBundle bundle = BundleLoader.load(path, threads, trust);
    try {
      return of(path, bundle, userFeatures, SCOPE, true);
    } catch (RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  /**
   * Splits a model that the caller holds, and closes after the ranker.
   *
   * @param scope of the ops that are added to its graph
   */
  static CandidateRanker of(
      Path path, SavedModelBundle bundle, Set<String> userFeatures, String scope) {
    return of(path, bundle, userFeatures, scope, false);
  }

  private static CandidateRanker of(
      Path path, SavedModelBundle bundle, Set<String> userFeatures, String scope, boolean owner) {
    MetaGraphDef model = bundle.metaGraphDef();
    GraphDef graph = model.getGraphDef();
    PackedGraph packed =
        PackedGraph.find(
                graph, model.getSignatureDefMap(), Signatures.SERVING_DEFAULT, Signatures.PACKED)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        path
                            + ": has no signature '"
                            + Signatures.PACKED
                            + "' as this library exports it, expected one: a model that reads"
                            + " texts has none"));
    ImmutableMap<String, InputSpec> inputs =
        InputSpec.all(model.getSignatureDefOrThrow(Signatures.SERVING_DEFAULT));
    ImmutableMap<String, OutputSpec> outputs =
        OutputSpec.all(model.getSignatureDefOrThrow(Signatures.SERVING_DEFAULT));
    requireSides(path, inputs.keySet(), userFeatures);
    PackedGraph.Split pass = packed.split(bundle.session(), userFeatures);
    bundle.graph().importGraphDef(pass.graph(), scope);
    return new CandidateRanker(path, bundle, scope, owner, inputs, outputs, pass);
  }

  private static void requireSides(Path path, ImmutableSet<String> all, Set<String> userFeatures) {
    for (String name : Sets.difference(userFeatures, all)) {
      throw new InvalidInputException(
          path + ": user: feature '" + name + "' is not an input" + SpellingHint.hint(name, all));
    }
    if (userFeatures.size() == all.size()) {
      throw new InvalidInputException(
          path + ": all features belong to the user, expected at least one of the candidates");
    }
  }

  /** The inputs that the user's features are, by name. */
  public ImmutableMap<String, InputSpec> userInputs() {
    return user.inputs().specs();
  }

  /** The inputs that the candidates' features are, by name. */
  public ImmutableMap<String, InputSpec> candidateInputs() {
    return candidates.inputs().specs();
  }

  /** Names of the outputs, the tasks, in order. */
  public ImmutableSet<String> outputs() {
    return outputs.keySet();
  }

  /**
   * Scores candidates.
   *
   * @param user one row of {@link #userInputs}
   * @param candidates rows of {@link #candidateInputs}; none is allowed
   * @return one score a candidate for each output
   * @throws InvalidInputException if a feature is missing, unknown, of another type or shape, an id
   *     lies outside its vocabulary, or a dense value or a score is not finite; if the user has not
   *     one row
   * @throws RankerClosedException if the ranker is closed
   */
  public Scores rank(Features user, Features candidates) {
    return gate.call(() -> run(user, candidates));
  }

  private Scores run(Features user, Features candidates) {
    int users = this.user.inputs().check(user);
    if (users != 1 && !userInputs().isEmpty()) {
      throw new InvalidInputException(source + ": user: found " + users + " rows, expected one");
    }
    int rows = this.candidates.inputs().check(candidates);
    List<Tensor> tensors = new ArrayList<>();
    try {
      Session.Runner runner = bundle.session().runner();
      this.user.feed(runner, user, 1, tensors);
      this.candidates.feed(runner, candidates, rows, tensors);
      outputs.values().forEach(runner::fetch);
      try (Result result = runner.run()) {
        Scores scores = reader.read(result);
        scores.requireFinite(source);
        return scores;
      }
    } catch (RuntimeException e) {
      if (TensorFlowErrors.isOne(e)) {
        throw new InvalidInputException(source + ": " + TensorFlowErrors.firstLine(e), e);
      }
      throw e;
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  /**
   * Waits for the calls in flight, then frees the graph and the weights; a second call, from any
   * thread, does nothing.
   */
  @Override
  public void close() {
    gate.close(
        () -> {
          if (owner) {
            bundle.close();
          }
        });
  }
}
