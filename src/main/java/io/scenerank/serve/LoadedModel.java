package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.RawEncoding;
import io.scenerank.serve.Ranker.CheckedRows;
import io.scenerank.serve.Ranker.WarmupRequest;
import io.scenerank.serve.graph.PackedGraph;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;

/**
 * A SavedModel that is in memory once for all that runs it: its signatures, and its split forms for
 * the candidates of a user. Safe for many threads at once, {@link #close} included.
 */
public final class LoadedModel implements AutoCloseable {
  /** Of this library's exports: the model's columns and parameters. */
  public static final String DESCRIPTION = "assets.extra/scenerank.json";

  /** Of this library's exports with raw values: how these become ids. */
  public static final String RAW_ENCODING = "assets.extra/" + RawEncoding.FILE;

  /** Requests that TF Serving, and a service here, sends before any client does. */
  public static final String WARMUP = "assets.extra/tf_serving_warmup_requests";

  /** What Python's saver lists among the signatures and nobody calls. */
  private static final String INIT_OP = "__saved_model_init_op";

  /** Split forms that one model keeps: each is a graph, and constants of the user's part. */
  private static final int MOST_SPLITS = 8;

  private final Path folder;
  private final SavedModelBundle bundle;
  private final ImmutableSortedMap<String, SignatureDef> signatures;
  private final boolean split;
  private final Lock lock = new ReentrantLock();
  private final Map<String, Signature> runners = new HashMap<>();
  private final Map<Set<String>, CandidateRanker> splits = new HashMap<>();

  private LoadedModel(Path folder, SavedModelBundle bundle) {
    this.folder = folder;
    this.bundle = bundle;
    Map<String, SignatureDef> named = new HashMap<>(bundle.metaGraphDef().getSignatureDefMap());
    named.remove(INIT_OP);
    this.signatures = ImmutableSortedMap.copyOf(named);
    this.split =
        named.containsKey(Signatures.SERVING_DEFAULT)
            && PackedGraph.find(
                    bundle.metaGraphDef().getGraphDef(),
                    named,
                    Signatures.SERVING_DEFAULT,
                    Signatures.PACKED)
                .isPresent();
  }

  /**
   * Loads a SavedModel; see {@link SavedModelPredictor#load(Path, String, int, Trust)}.
   *
   * @throws InvalidInputException if there is none, it is damaged or refused
   */
  public static LoadedModel load(Path path, int threads, Trust trust) {
    Path folder = SavedModelFolder.find(path, trust);
    return new LoadedModel(folder, BundleLoader.load(folder, threads, trust));
  }

  /**
   * Opens a session on a graph of the caller, which has to stay open until the ranker is closed.
   *
   * @param source what errors name in front
   * @param signatures those of the graph, {@code serving_default} among them
   * @param threads TensorFlow's threads; 0 for one a core
   * @param start gives the session's variables their values
   */
  public static Ranker overGraph(
      String source,
      Graph graph,
      Map<String, SignatureDef> signatures,
      int threads,
      Consumer<Session> start) {
    return SessionRanker.open(source, graph, signatures, threads, start);
  }

  /** The folder with {@code saved_model.pb}. */
  public Path folder() {
    return folder;
  }

  /** The signatures by name, as the SavedModel says them. */
  public ImmutableMap<String, SignatureDef> signatures() {
    return signatures;
  }

  /**
   * A signature, made ready at the first call.
   *
   * @throws InvalidInputException if there is no such signature, or this TensorFlow cannot run it
   */
  public Signature signature(String name) {
    lock.lock();
    try {
      Signature made = runners.get(name);
      if (made == null) {
        made = new Signature(runner(name));
        runners.put(name, made);
      }
      return made;
    } finally {
      lock.unlock();
    }
  }

  /** A new runner of a signature, which its caller closes before the model. */
  SignatureRunner runner(String name) {
    MetaGraphDef model = bundle.metaGraphDef();
    if (!signatures.containsKey(name)) {
      throw new InvalidInputException(
          signatures.isEmpty()
              ? folder + ": the SavedModel has no signature, expected '" + name + "'"
              : folder
                  + ": signature '"
                  + name
                  + "' is unknown"
                  + SpellingHint.hint(name, signatures.keySet()));
    }
    SignatureRunner runner =
        new SignatureRunner(
            folder.toString(),
            bundle.session(),
            model.getGraphDef(),
            model.getSignatureDefMap(),
            name);
    if (XlaModules.areIn(model.getGraphDef())) {
      XlaModules.requireRunnable(folder, runner);
    }
    return runner;
  }

  /**
   * Scores candidates of one user: with {@link CandidateRanker}'s split form, made at the first
   * call with these features of a user, where this library exported the model; with the user's row
   * repeated for each candidate otherwise.
   *
   * @param user one row of some features of {@code serving_default}; none is allowed
   * @param candidates rows of the others
   * @throws InvalidInputException as {@link CandidateRanker#rank}
   */
  public Scores rank(Features user, Features candidates) {
    CandidateRanker split = split(user.names());
    return split == null
        ? signature(Signatures.SERVING_DEFAULT).predict(RowStack.repeat(user, candidates))
        : split.rank(user, candidates);
  }

  private @Nullable CandidateRanker split(ImmutableSet<String> userFeatures) {
    if (!split) {
      return null;
    }
    lock.lock();
    try {
      CandidateRanker made = splits.get(userFeatures);
      if (made == null && splits.size() < MOST_SPLITS) {
        made = CandidateRanker.of(folder, bundle, userFeatures, "split_pass_" + splits.size());
        splits.put(userFeatures, made);
      }
      return made;
    } finally {
      lock.unlock();
    }
  }

  /** Whether {@link #rank} computes the user's part once. */
  public boolean isSplit() {
    return split;
  }

  /**
   * The requests that the model brings to be warmed up with.
   *
   * @throws InvalidInputException if their file is damaged
   */
  public ImmutableList<WarmupRequest> warmup() {
    return WarmupRecords.read(folder);
  }

  /** The same rows over and over: how a batch of so many looks. */
  public static Features repeat(Features features, int times) {
    return RowStack.repeat(features, times);
  }

  /**
   * Waits for the calls in flight, then frees the graph and the weights; a second close does
   * nothing.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      runners.values().forEach(Ranker::close);
      splits.values().forEach(CandidateRanker::close);
      bundle.close();
    } finally {
      lock.unlock();
    }
  }

  /** One signature. Closing it ends its calls, and leaves the model in memory. */
  public static final class Signature extends SignatureRanker {
    private final SignatureRunner runner;

    private Signature(SignatureRunner runner) {
      super(runner);
      this.runner = runner;
    }

    /**
     * Checks rows, ids and dense values of an export of this library among it, and computes
     * nothing.
     *
     * @throws InvalidInputException as {@link #predict}
     */
    public CheckedRows check(Features features) {
      return runner.check(features);
    }

    /**
     * Scores the rows of several calls in one.
     *
     * @param calls with an equal {@link Ranker.CheckedRows#form}; at least one, and only one if
     *     that is empty
     * @return the scores of each
     */
    public ImmutableList<Scores> predictAll(List<CheckedRows> calls) {
      return runner.predictAll(calls);
    }

    @Override
    void free() {}
  }
}
