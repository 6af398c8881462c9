package io.scenerank.service;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.service.RankingService.State;
import io.scenerank.service.RankingService.VersionStatus;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongFunction;

/** The states of the versions that were seen, which listeners hear of. */
final class VersionStates {
  /** Versions that are remembered after their end. */
  private static final int MOST_ENDED = 10;

  private final ConcurrentSkipListMap<Long, VersionStatus> states =
      new ConcurrentSkipListMap<>(Comparator.reverseOrder());
  private final Listeners listeners;
  private final LongFunction<ImmutableSet<String>> labels;

  /**
   * @param labels of a version
   */
  VersionStates(Listeners listeners, LongFunction<ImmutableSet<String>> labels) {
    this.listeners = listeners;
    this.labels = labels;
  }

  void set(long version, State state) {
    set(version, state, Optional.empty());
  }

  void refuse(long version, String reason) {
    set(version, State.REFUSED, Optional.of(reason));
  }

  private void set(long version, State state, Optional<String> reason) {
    VersionStatus status = new VersionStatus(version, state, reason, labels.apply(version));
    states.put(version, status);
    if (state == State.END) {
      states.entrySet().stream()
          .filter(entry -> entry.getValue().state() == State.END)
          .skip(MOST_ENDED)
          .forEach(entry -> states.remove(entry.getKey(), entry.getValue()));
    }
    listeners.tell(listener -> listener.changed(status));
  }

  void forget(long version) {
    states.remove(version);
  }

  /** The newest version first, with the labels as they are now. */
  ImmutableList<VersionStatus> all() {
    return states.values().stream()
        .map(
            status ->
                new VersionStatus(
                    status.version(),
                    status.state(),
                    status.reason(),
                    labels.apply(status.version())))
        .collect(ImmutableList.toImmutableList());
  }
}
