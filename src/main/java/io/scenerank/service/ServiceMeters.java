package io.scenerank.service;

import com.google.common.collect.ImmutableMap;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.scenerank.PublicApi;
import io.scenerank.serve.Features;
import io.scenerank.serve.Scores;
import io.scenerank.service.RankingService.Answered;
import io.scenerank.service.RankingService.Listener;
import io.scenerank.service.RankingService.State;
import io.scenerank.service.RankingService.VersionStatus;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a {@link RankingService} for Micrometer, which a program that uses this class
 * brings along ({@code io.micrometer:micrometer-core}).
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>what</th><th>tags</th></tr>
 *   <tr><td>scenerank.call</td><td>time from the call to its scores</td><td>version, signature</td></tr>
 *   <tr><td>scenerank.compute</td><td>time of one run of the model</td><td></td></tr>
 *   <tr><td>scenerank.batch.rows, scenerank.batch.calls</td><td>of one run</td><td></td></tr>
 *   <tr><td>scenerank.queue.rows, scenerank.calls.in.flight</td><td>now</td><td></td></tr>
 *   <tr><td>scenerank.refusals</td><td>calls that were not computed</td><td>reason</td></tr>
 *   <tr><td>scenerank.failures</td><td>calls that failed, wrong input among them</td><td></td></tr>
 *   <tr><td>scenerank.score</td><td>scores of outputs of one float a row</td>
 *     <td>version, task, scenario</td></tr>
 *   <tr><td>scenerank.version</td><td>number of the newest version that takes calls</td><td></td></tr>
 *   <tr><td>scenerank.versions</td><td>how many versions are in a state</td><td>state</td></tr>
 *   <tr><td>scenerank.versions.refused</td><td>versions that were refused</td><td></td></tr>
 *   <tr><td>scenerank.swaps</td><td>versions that were replaced</td><td></td></tr>
 *   <tr><td>scenerank.memory.resident</td><td>memory of the process, in bytes</td><td></td></tr>
 * </table>
 *
 * <p>Meters with the tag {@code version} are removed when the version has ended.
 */
@PublicApi
public final class ServiceMeters implements MeterBinder {
  private static final double[] SCORE_BUCKETS = {
    0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1
  };

  private static final Duration FASTEST = Duration.ofNanos(50_000);
  private static final Duration SLOWEST = Duration.ofSeconds(2);
  private static final String OTHER = "other";

  private final RankingService service;
  private final Optional<String> scenarioFeature;
  private final ImmutableMap<Integer, String> scenarios;

  /** Meters whose scores are not divided by scenario. */
  public ServiceMeters(RankingService service) {
    this(service, Optional.empty(), ImmutableMap.of());
  }

  private ServiceMeters(
      RankingService service,
      Optional<String> scenarioFeature,
      ImmutableMap<Integer, String> scenarios) {
    this.service = service;
    this.scenarioFeature = scenarioFeature;
    this.scenarios = scenarios;
  }

  /**
   * The same meters, with scores by scenario.
   *
   * @param feature whose id is the scenario, one id a row, or one of the user
   * @param names of the scenarios by id; all other ids are {@code other}
   */
  public ServiceMeters withScenario(String feature, Map<Integer, String> names) {
    return new ServiceMeters(service, Optional.of(feature), ImmutableMap.copyOf(names));
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "scenerank.queue.rows", "rows", now -> now.load().queuedRows());
    gauge(registry, "scenerank.calls.in.flight", "calls", now -> now.load().inFlight());
    gauge(registry, "scenerank.version", "", ServiceMeters::newest);
    gauge(registry, "scenerank.memory.resident", "bytes", now -> Pointer.physicalBytes());
    for (State state : List.of(State.LOADING, State.AVAILABLE, State.REFUSED, State.UNLOADING)) {
      Gauge.builder("scenerank.versions", service, now -> count(now, state))
          .tag("state", state.name().toLowerCase(java.util.Locale.ROOT))
          .register(registry);
    }
    FunctionCounter.builder("scenerank.swaps", service, now -> now.load().swaps())
        .register(registry);
    service.listen(new Recorder(registry));
  }

  private void gauge(
      MeterRegistry registry, String name, String unit, ToDoubleFunction<RankingService> value) {
    Gauge.builder(name, service, value).baseUnit(unit.isEmpty() ? null : unit).register(registry);
  }

  private static double newest(RankingService service) {
    return service.versions().stream()
        .filter(status -> status.state() == State.AVAILABLE)
        .mapToLong(VersionStatus::version)
        .max()
        .orElse(0);
  }

  private static long count(RankingService service, State state) {
    return service.versions().stream().filter(status -> status.state() == state).count();
  }

  /** Names a meter of a version. */
  private record Key(long version, String first, String second) {}

  private final class Recorder implements Listener {
    private final MeterRegistry registry;
    private final Timer compute;
    private final DistributionSummary batchRows;
    private final DistributionSummary batchCalls;
    private final Counter failures;
    private final Counter refusedVersions;
    private final Map<Key, Timer> calls = new ConcurrentHashMap<>();
    private final Map<Key, DistributionSummary> scores = new ConcurrentHashMap<>();
    private final Map<String, Counter> refusals = new ConcurrentHashMap<>();

    Recorder(MeterRegistry registry) {
      this.registry = registry;
      this.compute = histogram(Timer.builder("scenerank.compute")).register(registry);
      this.batchRows =
          DistributionSummary.builder("scenerank.batch.rows")
              .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
              .register(registry);
      this.batchCalls = DistributionSummary.builder("scenerank.batch.calls").register(registry);
      this.failures = registry.counter("scenerank.failures");
      this.refusedVersions = registry.counter("scenerank.versions.refused");
    }

    private static Timer.Builder histogram(Timer.Builder timer) {
      return timer
          .publishPercentileHistogram()
          .minimumExpectedValue(FASTEST)
          .maximumExpectedValue(SLOWEST);
    }

    @Override
    public void changed(VersionStatus status) {
      if (status.state() == State.REFUSED) {
        refusedVersions.increment();
      } else if (status.state() == State.END) {
        remove(calls, status.version());
        remove(scores, status.version());
      }
    }

    private void remove(Map<Key, ? extends Meter> meters, long version) {
      for (Iterator<? extends Map.Entry<Key, ? extends Meter>> all = meters.entrySet().iterator();
          all.hasNext(); ) {
        Map.Entry<Key, ? extends Meter> meter = all.next();
        if (meter.getKey().version() == version) {
          registry.remove(meter.getValue());
          all.remove();
        }
      }
    }

    @Override
    public void computed(long version, int rowsOfCalls, int rows, long nanos) {
      compute.record(Duration.ofNanos(nanos));
      batchRows.record(rows);
      batchCalls.record(rowsOfCalls);
    }

    @Override
    public void answered(Answered call) {
      long version = call.answer().version();
      calls
          .computeIfAbsent(new Key(version, call.signature(), ""), this::callTimer)
          .record(Duration.ofNanos(call.nanos()));
      Scores answers = call.answer().scores();
      Function<Integer, String> scenario = scenario(call);
      for (String task : answers.floatsPerRow(call.rows())) {
        float[] values = answers.get(task);
        for (int row = 0; row < values.length; row++) {
          scores
              .computeIfAbsent(new Key(version, task, scenario.apply(row)), this::scoreSummary)
              .record(values[row]);
        }
      }
    }

    private Timer callTimer(Key key) {
      return histogram(Timer.builder("scenerank.call"))
          .tag("version", Long.toString(key.version()))
          .tag("signature", key.first())
          .register(registry);
    }

    private DistributionSummary scoreSummary(Key key) {
      Tags tags = Tags.of("version", Long.toString(key.version()), "task", key.first());
      return DistributionSummary.builder("scenerank.score")
          .tags(scenarioFeature.isPresent() ? tags.and(Tag.of("scenario", key.second())) : tags)
          .serviceLevelObjectives(SCORE_BUCKETS)
          .register(registry);
    }

    /** The scenario of a row: of the candidates' or the user's feature. */
    private Function<Integer, String> scenario(Answered call) {
      if (scenarioFeature.isEmpty()) {
        return row -> "";
      }
      int[] ids = ids(call.features(), scenarioFeature.get());
      int[] ofUser = ids.length > 0 ? ids : ids(call.user(), scenarioFeature.get());
      return row ->
          ofUser.length == 0
              ? OTHER
              : scenarios.getOrDefault(ofUser[Math.min(row, ofUser.length - 1)], OTHER);
    }

    private static int[] ids(@Nullable Features features, String name) {
      return features == null ? new int[0] : features.idsOf(name).orElse(new int[0]);
    }

    @Override
    public void refused(RefusedException reason) {
      refusals
          .computeIfAbsent(
              reason.reason(), name -> registry.counter("scenerank.refusals", "reason", name))
          .increment();
    }

    @Override
    public void failed(RuntimeException reason) {
      failures.increment();
    }
  }
}
