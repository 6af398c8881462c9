package io.scenerank.service;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.service.RankingService.Call;
import io.scenerank.service.RankingService.State;
import io.scenerank.service.RankingService.VersionStatus;
import io.scenerank.service.ServiceOptions.Label;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Holds the versions that take calls to those that the folder and the options ask for. */
final class VersionManager {
  /** A folder of another program is looked at again after this time at the latest, at first. */
  private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

  private static final Duration LEAST_WAIT = Duration.ofMillis(50);

  private final BaseFolder base;
  private final ServiceOptions options;
  private final VersionLoader loader;
  private final VersionStates states;
  private final WantedVersions wanted;
  private final AtomicLong swaps = new AtomicLong();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** One look at the folder at a time; it guards the maps. */
  private final Lock looking = new ReentrantLock();

  private final Map<Long, ServedVersion> loaded = new TreeMap<>();
  private volatile Routing routing;
  private volatile ImmutableList<Label> labels;
  private volatile boolean closed;
  private volatile @Nullable Thread watcher;

  VersionManager(BaseFolder base, ServiceOptions options, Listeners listeners) {
    this.base = base;
    this.options = options;
    this.labels = options.labels();
    this.routing = Routing.none(base.base().toString());
    this.loader = new VersionLoader(base, options);
    this.wanted = new WantedVersions(base, options.versions());
    this.states = new VersionStates(listeners, number -> routing.labelsOf(number));
  }

  Routing routing() {
    return routing;
  }

  ImmutableList<Label> labels() {
    return labels;
  }

  ImmutableList<VersionStatus> statuses() {
    return states.all();
  }

  long swaps() {
    return swaps.get();
  }

  /**
   * The version of a call, which the caller leaves.
   *
   * @throws RefusedException if there is none, or the service is closed
   */
  ServedVersion enter(Call call, DoubleSupplier random) {
    while (true) {
      if (closed) {
        throw new RefusedException.Closed(base.base() + ": the service is closed");
      }
      ServedVersion version = routing.pick(call, random);
      if (version.enter()) {
        return version;
      }
      // It was retired between the two lines; by then, another takes the calls.
      Thread.onSpinWait();
    }
  }

  /** Loads what is there, watches, and fails if nothing takes calls. */
  void openFirst() {
    boolean again = look();
    if (!routing.isReady() && again) {
      pause(secondLook());
      look();
    }
    if (!routing.isReady()) {
      throw new InvalidInputException(
          statuses().stream()
              .map(VersionStatus::reason)
              .flatMap(Optional::stream)
              .findFirst()
              .orElse(
                  base.base()
                      + ": no version that is requested, expected <version>/saved_model.pb"));
    }
    watch();
  }

  /** Looks at the folder in the background, now and again. */
  void watch() {
    if (options.pollInterval().isZero() && routing.isReady()) {
      return;
    }
    Thread thread = new Thread(this::watchUntilClosed, "scenerank-versions");
    thread.setDaemon(true);
    watcher = thread;
    thread.start();
  }

  private void watchUntilClosed() {
    boolean first = !routing.isReady();
    while (!closed) {
      boolean again = lookQuietly() && first;
      first = false;
      if (options.pollInterval().isZero() && !again) {
        return;
      }
      pause(again ? secondLook() : options.pollInterval());
    }
  }

  private boolean lookQuietly() {
    try {
      return look();
    } catch (InvalidInputException e) {
      return false; // The folder is not there; what is loaded stays, and the folder may come back.
    }
  }

  private Duration secondLook() {
    Duration wait = options.pollInterval();
    return wait.isZero() || wait.compareTo(SECOND_LOOK) > 0 ? SECOND_LOOK : wait;
  }

  private void pause(Duration wait) {
    try {
      long millis = Math.max(wait.toMillis(), LEAST_WAIT.toMillis());
      boolean unused = stopped.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** See {@link RankingService#refresh}. */
  void refresh() {
    look();
  }

  void label(ImmutableList<Label> asked) {
    Label.requireShares(asked);
    looking.lock();
    try {
      labels = asked;
      look();
    } finally {
      looking.unlock();
    }
  }

  /**
   * Loads what is requested and there, then unloads the rest.
   *
   * @return whether a folder is there of which it is not known whether it is complete
   */
  private boolean look() {
    looking.lock();
    try {
      if (closed) {
        return false;
      }
      WantedVersions.Look look = wanted.look(loaded.keySet());
      look.forgotten().forEach(states::forget);
      Set<Long> asked = look.choose(labels);
      Optional<Long> next = missing(asked);
      while (next.isPresent() && !closed) {
        load(next.get(), look);
        asked = look.choose(labels);
        next = missing(asked);
      }
      keep(asked);
      return look.hasUnfinished();
    } finally {
      looking.unlock();
    }
  }

  private Optional<Long> missing(Set<Long> asked) {
    return asked.stream().filter(number -> !loaded.containsKey(number)).findFirst();
  }

  private void load(long number, WantedVersions.Look look) {
    states.set(number, State.LOADING);
    try {
      Path folder = look.folder(number);
      ServedVersion version = loader.load(number, folder);
      loaded.put(number, version);
      route(loaded.keySet());
      states.set(number, State.AVAILABLE);
    } catch (InvalidInputException e) {
      look.refuse(number);
      states.refuse(number, String.valueOf(e.getMessage()));
    }
  }

  /** Unloads what is not requested, unless nothing that is requested is there. */
  private void keep(Set<Long> asked) {
    Set<Long> kept = asked.isEmpty() ? Set.copyOf(loaded.keySet()) : asked;
    route(kept);
    List<ServedVersion> rest =
        loaded.values().stream().filter(version -> !kept.contains(version.number())).toList();
    for (ServedVersion version : rest) {
      unload(version);
      swaps.incrementAndGet();
    }
  }

  private void route(Set<Long> kept) {
    routing =
        Routing.of(
            base.base().toString(),
            loaded.values().stream().filter(version -> kept.contains(version.number())).toList(),
            labels);
  }

  private void unload(ServedVersion version) {
    states.set(version.number(), State.UNLOADING);
    version.closeWhenDrained();
    loaded.remove(version.number());
    states.set(version.number(), State.END);
  }

  /** Waits for the calls in flight, then frees all versions. */
  void close() {
    closed = true;
    stopped.countDown();
    looking.lock();
    try {
      routing = Routing.none(base.base().toString());
      ImmutableList.copyOf(loaded.values()).forEach(this::unload);
    } finally {
      looking.unlock();
    }
    Thread thread = watcher;
    if (thread != null && thread != Thread.currentThread()) {
      join(thread);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
