package io.scenerank.service;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.SignatureDef;

/**
 * Serves the versions of a model from a folder that changes: {@code <base>/<version>/}, as
 * TensorFlow Serving lays them out, or the folder of a run, whose base is its {@code saved_model}.
 *
 * <p>A new version is loaded next to the old one, its warm-up requests are replayed, its scores
 * checked, and only then it takes the calls; the old one ends its calls and is freed. A version
 * that cannot be loaded, or that scores its warm-up rows with numbers that are not finite or not
 * the recorded ones, is refused, and the old one stays; it is tried again when its files change.
 *
 * <pre>{@code
 * try (RankingService service = RankingService.open(Path.of("models/pepnet"))) {
 *   float[] click = service.predict(features).get("is_click");
 * }
 * }</pre>
 *
 * <p>Every method may be called from many threads at once, virtual ones too, {@link #close} among
 * them. No call meets a version that was closed.
 */
@PublicApi
public final class RankingService implements AutoCloseable {
  private final VersionManager manager;
  private final CallRunner runner;
  private final Listeners listeners;

  private RankingService(Path base, ServiceOptions options, Listener... listeners) {
    this.listeners = new Listeners(listeners);
    this.manager = new VersionManager(BaseFolder.of(base), options, this.listeners);
    this.runner = new CallRunner(manager, options, this.listeners);
  }

  /** Opens a folder with the defaults of {@link ServiceOptions}. */
  public static RankingService open(Path base) {
    return open(base, ServiceOptions.defaults());
  }

  /**
   * Opens a folder and waits until a version of it takes calls.
   *
   * @param base a folder of versions, the folder of a run, or that of one SavedModel
   * @param listeners hear what happens, the loading of the first version among it
   * @throws InvalidInputException if there is no version, or none that is not refused; it says why
   */
  public static RankingService open(Path base, ServiceOptions options, Listener... listeners) {
    RankingService service = new RankingService(base, options, listeners);
    try {
      service.manager.openFirst();
      return service;
    } catch (RuntimeException | Error e) {
      service.close();
      throw e;
    }
  }

  /**
   * Opens a folder and returns at once: versions are loaded in the background, also those that
   * appear later. Until one takes calls, {@link #isReady} is false and a call is a {@link
   * RefusedException.NotAvailable}.
   */
  public static RankingService start(Path base, ServiceOptions options, Listener... listeners) {
    RankingService service = new RankingService(base, options, listeners);
    service.manager.watch();
    return service;
  }

  /** Whether a version takes calls. */
  public boolean isReady() {
    return manager.routing().isReady();
  }

  /**
   * Scores rows, with what {@link Call#DEFAULT} says.
   *
   * @throws InvalidInputException as {@link io.scenerank.serve.Ranker#predict}
   * @throws RefusedException if the call is not computed
   */
  public Scores predict(Features features) {
    return predict(features, Call.DEFAULT).scores();
  }

  /** Scores rows; see {@link #predict(Features)}. */
  public Answer predict(Features features, Call call) {
    return runner.predict(features, call);
  }

  /**
   * Scores rows without a thread that waits. With batching the rows are checked in this thread and
   * scored in another, and the result is completed there; without, they are scored in this thread.
   *
   * @return completed with the answer, or exceptionally with what {@link #predict} throws
   */
  public CompletableFuture<Answer> submit(Features features, Call call) {
    return runner.submit(features, call);
  }

  /** Scores candidates, with what {@link Call#DEFAULT} says. */
  public Scores rank(Features user, Features candidates) {
    return rank(user, candidates, Call.DEFAULT).scores();
  }

  /**
   * Scores candidates of one user. What depends on the user alone is computed once where the model
   * is an export of this library ({@link io.scenerank.serve.CandidateRanker}); of another model the
   * user's row is repeated for each candidate. Not batched with other calls.
   *
   * @param user one row
   * @param candidates one row a candidate, of the other features
   * @return one score a candidate for each output
   * @throws InvalidInputException as {@link io.scenerank.serve.CandidateRanker#rank}
   * @throws RefusedException if the call is not computed
   */
  public Answer rank(Features user, Features candidates, Call call) {
    return runner.rank(user, candidates, call);
  }

  /**
   * The service as a ranker, for what takes one: {@code RawRanker}, {@code RowScorer}. Closing it
   * does nothing.
   *
   * @param call how its calls are served
   */
  public Ranker ranker(Call call) {
    return new ServiceRanker(this, call, runner.signature(call));
  }

  /**
   * What the version that a call goes to takes and returns. It stays valid when the version is
   * closed.
   *
   * @throws RefusedException.NotAvailable if there is no such version
   */
  public ModelInfo info(Call call) {
    return runner.info(call);
  }

  /**
   * The versions that were seen, the newest first: those that are loaded and refused, and the last
   * that were unloaded.
   */
  public ImmutableList<VersionStatus> versions() {
    return manager.statuses();
  }

  /** What the service does at this moment. */
  public Load load() {
    return new Load(runner.inFlight(), runner.queuedRows(), manager.swaps());
  }

  /** The labels as they are now. */
  public ImmutableList<ServiceOptions.Label> labels() {
    return manager.labels();
  }

  /**
   * Gives other labels: what they name is loaded before this returns, and calls are spread by the
   * new shares from then on.
   */
  public void label(ServiceOptions.Label... labels) {
    manager.label(ImmutableList.copyOf(labels));
  }

  /**
   * Looks at the folder now and returns when what it found is loaded, refused or unloaded. The
   * first look at a folder that another program writes only remembers it: see {@link
   * ServiceOptions#pollInterval}.
   */
  public void refresh() {
    manager.refresh();
  }

  /** Adds a listener; what it throws is ignored. */
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /**
   * Waits for the calls in flight, those that wait in a batch among them, then frees all versions.
   * A call that begins later is a {@link RefusedException.Closed}. A second close does nothing.
   */
  @Override
  public void close() {
    manager.close();
    runner.close();
  }

  /**
   * How one call is served.
   *
   * @param version that scores it; empty for one of the labels or the newest
   * @param label whose version scores it
   * @param key of the user or the request: calls with equal keys go to the same label as long as
   *     the shares stay; without one a random number decides
   * @param signature of the model; empty for that of the options
   * @param timeout how long the call may wait before it is computed; empty for no limit
   */
  public record Call(
      OptionalLong version,
      Optional<String> label,
      Optional<String> key,
      Optional<String> signature,
      Optional<Duration> timeout) {
    /** Any version, no limit. */
    public static final Call DEFAULT =
        new Call(
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** The same call of a version. */
    public Call withVersion(long number) {
      return new Call(OptionalLong.of(number), label, key, signature, timeout);
    }

    /** The same call of a label's version. */
    public Call withLabel(String name) {
      return new Call(version, Optional.of(name), key, signature, timeout);
    }

    /** The same call of a user or a request. */
    public Call withKey(String text) {
      return new Call(version, label, Optional.of(text), signature, timeout);
    }

    /** The same call of another signature. */
    public Call withSignature(String name) {
      return new Call(version, label, key, Optional.of(name), timeout);
    }

    /** The same call with a limit: beyond it, it is a {@link RefusedException.DeadlineExceeded}. */
    public Call withTimeout(Duration limit) {
      return new Call(version, label, key, signature, Optional.of(limit));
    }
  }

  /**
   * Scores and where they are from.
   *
   * @param version whose scores they are
   */
  public record Answer(long version, Scores scores) {}

  /**
   * What a version takes and returns.
   *
   * @param version its number
   * @param folder with {@code saved_model.pb}
   * @param signatures by name, as the SavedModel says them
   */
  public record ModelInfo(
      long version, Path folder, ImmutableMap<String, SignatureDef> signatures) {
    /**
     * The inputs of a signature by name.
     *
     * @throws InvalidInputException if there is no such signature, naming those that there are
     */
    public ImmutableMap<String, InputSpec> inputs(String signature) {
      return InputSpec.all(signature(signature));
    }

    /** The outputs of a signature by name; see {@link #inputs}. */
    public ImmutableMap<String, OutputSpec> outputs(String signature) {
      return OutputSpec.all(signature(signature));
    }

    private SignatureDef signature(String name) {
      SignatureDef found = signatures.get(name);
      if (found == null) {
        throw new InvalidInputException(
            folder
                + ": signature '"
                + name
                + "' is unknown"
                + SpellingHint.hint(name, signatures.keySet()));
      }
      return found;
    }
  }

  /**
   * A version and where it is in its life.
   *
   * @param reason why it is refused, one line; empty in other states
   * @param labels that name it
   */
  public record VersionStatus(
      long version, State state, Optional<String> reason, ImmutableSet<String> labels) {
    /** The version in one line. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "version %d: %s%s",
          version,
          state.name().toLowerCase(Locale.ROOT),
          reason.map(text -> " (" + text + ")").orElse(""));
    }
  }

  /** States of a version, in their order; those of TensorFlow Serving's ModelVersionStatus. */
  public enum State {
    /** It is read and warmed up. TensorFlow Serving's LOADING. */
    LOADING,
    /** It takes calls. */
    AVAILABLE,
    /** It takes no calls until its files change. TensorFlow Serving's END with an error. */
    REFUSED,
    /** It takes no new calls and ends those in flight. */
    UNLOADING,
    /** Its memory is free. */
    END
  }

  /**
   * What a service does at one moment.
   *
   * @param inFlight calls that wait or are computed
   * @param queuedRows rows that wait for a batch
   * @param swaps versions that took over since the first
   */
  public record Load(int inFlight, int queuedRows, long swaps) {}

  /** Hears what a service does, in the threads that do it: each method returns quickly. */
  public interface Listener {
    /** A version is in another state. */
    default void changed(VersionStatus status) {}

    /** A call has its scores. */
    default void answered(Answered call) {}

    /** Rows were scored together; {@code calls} is 1 for a call that was alone. */
    default void computed(long version, int calls, int rows, long nanos) {}

    /** A call is not computed. */
    default void refused(RefusedException reason) {}

    /** A call failed, for instance because its features are wrong. */
    default void failed(RuntimeException reason) {}
  }

  /**
   * A call that has its scores.
   *
   * @param features its rows; of {@link #rank}, those of the candidates
   * @param user of {@link #rank}, the user's row; null of other calls
   * @param rows how many scores each output of one value a row has
   * @param nanos from the call to the scores
   */
  public record Answered(
      Answer answer,
      String signature,
      Features features,
      @Nullable Features user,
      int rows,
      long nanos) {}
}
