package io.scenerank.service;

import io.scenerank.service.RankingService.Listener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Tells all listeners. One that throws does not disturb the service. */
final class Listeners {
  private final List<Listener> all;

  Listeners(Listener... listeners) {
    this.all = new CopyOnWriteArrayList<>(listeners);
  }

  void add(Listener listener) {
    all.add(listener);
  }

  void tell(Consumer<Listener> event) {
    for (Listener listener : all) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        // Meters and logs are not worth a call.
      }
    }
  }
}
