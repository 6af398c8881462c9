package io.scenerank.service;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.hash.Hashing;
import io.scenerank.service.RankingService.Call;
import io.scenerank.service.ServiceOptions.Label;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which version a call goes to.
 *
 * @param versions those that take calls, the newest first
 * @param source names the service in messages
 */
record Routing(
    String source, ImmutableSortedMap<Long, ServedVersion> versions, ImmutableList<Label> labels) {
  private static final double TWO_TO_53 = 0x1p53;

  static Routing none(String source) {
    return new Routing(source, ImmutableSortedMap.of(), ImmutableList.of());
  }

  static Routing of(String source, Iterable<ServedVersion> available, ImmutableList<Label> labels) {
    ImmutableSortedMap.Builder<Long, ServedVersion> versions =
        ImmutableSortedMap.orderedBy(Comparator.<Long>reverseOrder());
    available.forEach(version -> versions.put(version.number(), version));
    return new Routing(source, versions.buildOrThrow(), labels);
  }

  boolean isReady() {
    return !versions.isEmpty();
  }

  /** The names of the labels of a version. */
  ImmutableSet<String> labelsOf(long number) {
    return labels.stream()
        .filter(label -> version(label).filter(version -> version.number() == number).isPresent())
        .map(Label::name)
        .collect(ImmutableSet.toImmutableSet());
  }

  /**
   * The version of a call.
   *
   * @param random in [0, 1), for a call without a key
   * @throws RefusedException.NotAvailable if there is none
   */
  ServedVersion pick(Call call, DoubleSupplier random) {
    if (call.version().isPresent()) {
      long number = call.version().getAsLong();
      ServedVersion version = versions.get(number);
      if (version == null) {
        throw missing("version " + number);
      }
      return version;
    }
    if (call.label().isPresent()) {
      String name = call.label().get();
      return label(name)
          .flatMap(this::version)
          .orElseThrow(() -> missing("a version of the label '" + name + "'"));
    }
    return shared(call, random);
  }

  private ServedVersion shared(Call call, DoubleSupplier random) {
    double point = -1;
    double end = 0;
    for (Label label : labels) {
      if (label.share() > 0) {
        point = point < 0 ? point(call, random) : point;
        end += label.share();
        Optional<ServedVersion> version = version(label);
        if (point < end && point >= end - label.share() && version.isPresent()) {
          return version.get();
        }
      }
    }
    return label(Label.STABLE)
        .flatMap(this::version)
        .or(this::newest)
        .orElseThrow(() -> missing("a version"));
  }

  private static double point(Call call, DoubleSupplier random) {
    return call.key()
        .map(
            key ->
                (Hashing.murmur3_128().hashString(key, StandardCharsets.UTF_8).asLong() >>> 11)
                    / TWO_TO_53)
        .orElseGet(random::getAsDouble);
  }

  private Optional<Label> label(String name) {
    return labels.stream().filter(label -> label.name().equals(name)).findFirst();
  }

  private Optional<ServedVersion> version(Label label) {
    return label.version() == Label.NEWEST ? newest() : Optional.ofNullable(get(label.version()));
  }

  private @Nullable ServedVersion get(long number) {
    return versions.get(number);
  }

  private Optional<ServedVersion> newest() {
    return versions.values().stream().findFirst();
  }

  private RefusedException.NotAvailable missing(String what) {
    ImmutableMap<Long, ServedVersion> there = versions;
    return new RefusedException.NotAvailable(
        source
            + ": "
            + what
            + " is not available; available: "
            + (there.isEmpty()
                ? "none"
                : there.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))));
  }
}
