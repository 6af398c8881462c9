package io.scenerank.service;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Signatures;
import io.scenerank.serve.Trust;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * How a {@link RankingService} loads and runs its versions.
 *
 * @param threads TensorFlow's threads of each version; 1 (the default) runs each call in the thread
 *     that computes it, 0 takes one a core
 * @param trust what a model's ops may do; {@link Trust#CHECKED} by default
 * @param signature of the calls that name none; {@code serving_default} by default
 * @param userFeatures the features of the user in {@link RankingService#rank}: with them the
 *     version is split, and warmed up, while it is loaded; empty (the default) splits it at the
 *     first call
 * @param versions which versions are loaded; the newest by default
 * @param labels names of versions, with their shares of the traffic; none by default
 * @param seed of the random numbers that spread calls without a key over the labels; 0 by default
 * @param pollInterval how often the folder is looked at; one second by default; zero looks only
 *     when {@link RankingService#refresh} is called
 * @param tolerance how far the scores of the warm-up rows may be from the recorded ones: {@code
 *     tolerance + tolerance * |recorded|}; 1e-3 by default, what a probability of a GPU that
 *     computes in TF32 is from that of a CPU
 * @param batching whether rows of several calls are scored together; not by default
 * @param maxInFlight calls that wait or compute at a time; one more is refused; 0 (the default) for
 *     no limit
 */
@PublicApi
public record ServiceOptions(
    int threads,
    Trust trust,
    String signature,
    ImmutableSet<String> userFeatures,
    Versions versions,
    ImmutableList<Label> labels,
    long seed,
    Duration pollInterval,
    float tolerance,
    Optional<Batching> batching,
    int maxInFlight) {

  public ServiceOptions {
    require(threads >= 0, "threads", threads, "0 or more");
    require(!pollInterval.isNegative(), "poll interval", pollInterval, "zero or more");
    require(tolerance >= 0 && Float.isFinite(tolerance), "tolerance", tolerance, "0 or more");
    require(maxInFlight >= 0, "calls in flight", maxInFlight, "0 or more");
    Label.requireShares(labels);
  }

  /** The options with the values that each component names as its default. */
  public static ServiceOptions defaults() {
    return new ServiceOptions(
        1,
        Trust.CHECKED,
        Signatures.SERVING_DEFAULT,
        ImmutableSet.of(),
        Versions.newest(1),
        ImmutableList.of(),
        0,
        Duration.ofSeconds(1),
        1e-3f,
        Optional.empty(),
        0);
  }

  /** See {@link #threads}. */
  public ServiceOptions withThreads(int asked) {
    return with(changed -> changed.threads = asked);
  }

  /** See {@link #trust}. */
  public ServiceOptions withTrust(Trust asked) {
    return with(changed -> changed.trust = asked);
  }

  /** See {@link #signature}. */
  public ServiceOptions withSignature(String asked) {
    return with(changed -> changed.signature = asked);
  }

  /** See {@link #userFeatures}. */
  public ServiceOptions withUserFeatures(Set<String> asked) {
    return with(changed -> changed.userFeatures = ImmutableSet.copyOf(asked));
  }

  /** See {@link #versions}. */
  public ServiceOptions withVersions(Versions asked) {
    return with(changed -> changed.versions = asked);
  }

  /** See {@link #labels}. */
  public ServiceOptions withLabels(Label... asked) {
    return withLabels(ImmutableList.copyOf(asked));
  }

  /** See {@link #labels}. */
  public ServiceOptions withLabels(ImmutableList<Label> asked) {
    return with(changed -> changed.labels = asked);
  }

  /** See {@link #seed}. */
  public ServiceOptions withSeed(long asked) {
    return with(changed -> changed.seed = asked);
  }

  /** See {@link #pollInterval}. */
  public ServiceOptions withPollInterval(Duration asked) {
    return with(changed -> changed.pollInterval = asked);
  }

  /** See {@link #tolerance}. */
  public ServiceOptions withTolerance(float asked) {
    return with(changed -> changed.tolerance = asked);
  }

  /** See {@link #batching}. */
  public ServiceOptions withBatching(Batching asked) {
    return with(changed -> changed.batching = Optional.of(asked));
  }

  /** See {@link #maxInFlight}. */
  public ServiceOptions withMaxInFlight(int asked) {
    return with(changed -> changed.maxInFlight = asked);
  }

  private ServiceOptions with(Consumer<Copy> change) {
    Copy changed = new Copy(this);
    change.accept(changed);
    return changed.options();
  }

  /** The components of options, one of which a copy has otherwise. */
  private static final class Copy {
    private int threads;
    private Trust trust;
    private String signature;
    private ImmutableSet<String> userFeatures;
    private Versions versions;
    private ImmutableList<Label> labels;
    private long seed;
    private Duration pollInterval;
    private float tolerance;
    private Optional<Batching> batching;
    private int maxInFlight;

    Copy(ServiceOptions of) {
      this.threads = of.threads;
      this.trust = of.trust;
      this.signature = of.signature;
      this.userFeatures = of.userFeatures;
      this.versions = of.versions;
      this.labels = of.labels;
      this.seed = of.seed;
      this.pollInterval = of.pollInterval;
      this.tolerance = of.tolerance;
      this.batching = of.batching;
      this.maxInFlight = of.maxInFlight;
    }

    ServiceOptions options() {
      return new ServiceOptions(
          threads,
          trust,
          signature,
          userFeatures,
          versions,
          labels,
          seed,
          pollInterval,
          tolerance,
          batching,
          maxInFlight);
    }
  }

  private static void require(boolean holds, String name, Object found, String expected) {
    if (!holds) {
      throw new InvalidInputException(
          String.format(Locale.ROOT, "service: %s: found %s, expected %s", name, found, expected));
    }
  }

  /**
   * Which versions of a base folder are loaded. Those that labels name are loaded too.
   *
   * @param newest how many of those with the largest numbers
   * @param pinned others, by their numbers
   */
  public record Versions(int newest, ImmutableSortedSet<Long> pinned) {
    public Versions {
      require(newest >= 0, "newest versions", newest, "0 or more");
      require(newest > 0 || !pinned.isEmpty(), "versions", "none", "at least one");
    }

    /** The versions with the largest numbers. */
    public static Versions newest(int count) {
      return new Versions(count, ImmutableSortedSet.of());
    }

    /** Versions by their numbers, and no other. */
    public static Versions pinned(long... numbers) {
      return new Versions(
          0,
          LongStream.of(numbers)
              .boxed()
              .collect(ImmutableSortedSet.toImmutableSortedSet(Long::compare)));
    }
  }

  /**
   * A name of a version. A call that names it goes there. Calls that name neither a label nor a
   * version are spread by the shares; what the shares leave goes to the label {@code stable} if
   * there is one, else to the newest version that is available. The share of a label whose version
   * is not available goes there too.
   *
   * @param name as {@code canary}
   * @param version its number; {@link #NEWEST} for the one with the largest number
   * @param share of the calls that name neither, in [0, 1]
   */
  public record Label(String name, long version, double share) {
    /** The label that takes what the others leave. */
    public static final String STABLE = "stable";

    /** In place of a number: the newest version that is available. */
    public static final long NEWEST = -1;

    public Label {
      require(!name.isBlank(), "label", "a blank name", "a name");
      require(version >= 0 || version == NEWEST, "label " + name, version, "a version's number");
      require(share >= 0 && share <= 1, "share of " + name, share, "a number from 0 to 1");
    }

    /** A label of a version, without a share. */
    public static Label of(String name, long version) {
      return new Label(name, version, 0);
    }

    /** A label of the newest version that is available, without a share. */
    public static Label newest(String name) {
      return new Label(name, NEWEST, 0);
    }

    /** The same label with a share of the calls. */
    public Label withShare(double asked) {
      return new Label(name, version, asked);
    }

    static void requireShares(ImmutableList<Label> labels) {
      long names = labels.stream().map(Label::name).distinct().count();
      require(names == labels.size(), "labels", "a name twice", "different names");
      double sum = labels.stream().mapToDouble(Label::share).sum();
      require(sum <= 1 + 1e-9, "shares of the labels", "a sum of " + sum, "at most 1");
    }
  }

  /**
   * Scores rows of several calls together.
   *
   * @param maxBatchSize rows that are scored together at most; a call with more is scored alone
   * @param maxDelayMicros how long the first call of a batch waits for others while a thread is
   *     free, in microseconds; with 0 a batch holds what arrived while the threads were busy
   * @param queueLimit rows that wait at most; a call beyond is refused
   * @param threads batches that are computed at a time; 0 for one a core
   */
  public record Batching(int maxBatchSize, long maxDelayMicros, int queueLimit, int threads) {
    public Batching {
      require(maxBatchSize > 0, "max_batch_size", maxBatchSize, "1 or more");
      require(maxDelayMicros >= 0, "max_delay_micros", maxDelayMicros, "0 or more");
      require(queueLimit > 0, "queue limit", queueLimit, "1 or more");
      require(threads >= 0, "batching threads", threads, "0 or more");
    }

    /** 64 rows, no delay, 512 rows that wait, a thread a core. */
    public static Batching defaults() {
      return new Batching(64, 0, 512, 0);
    }

    /** See {@link #maxBatchSize}. */
    public Batching withMaxBatchSize(int rows) {
      return new Batching(rows, maxDelayMicros, queueLimit, threads);
    }

    /** See {@link #maxDelayMicros}. */
    public Batching withMaxDelayMicros(long micros) {
      return new Batching(maxBatchSize, micros, queueLimit, threads);
    }

    /** See {@link #queueLimit}. */
    public Batching withQueueLimit(int rows) {
      return new Batching(maxBatchSize, maxDelayMicros, rows, threads);
    }

    /** See {@link #threads}. */
    public Batching withThreads(int asked) {
      return new Batching(maxBatchSize, maxDelayMicros, queueLimit, asked);
    }
  }
}
