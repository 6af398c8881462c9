package io.scenerank.server;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import io.scenerank.serve.raw.RawEncoder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Divides the features of an encoder between the user and the candidates, by the raw columns that a
 * request gives of the user.
 */
final class RawSides {
  /** Requests of one service have few forms; another's have as many as it likes. */
  private static final int MOST_FORMS = 64;

  private final RawEncoder encoder;
  private final ImmutableMap<String, ImmutableSet<String>> columns;
  private final ConcurrentMap<Set<String>, Encoders> known = new ConcurrentHashMap<>();

  /** The parts of the encoder for both sides. */
  record Encoders(RawEncoder user, RawEncoder candidates) {}

  RawSides(RawEncoder encoder) {
    this.encoder = encoder;
    this.columns =
        ImmutableMap.copyOf(
            Maps.asMap(
                encoder.features(), feature -> encoder.only(ImmutableSet.of(feature)).columns()));
  }

  ImmutableSet<String> columns() {
    return encoder.columns();
  }

  /**
   * The encoders for a user that has these columns: the user has the features that read no other.
   */
  Encoders of(Set<String> userColumns) {
    ImmutableSet<String> read =
        ImmutableSet.copyOf(Sets.intersection(encoder.columns(), userColumns));
    Encoders encoders = known.get(read);
    if (encoders == null) {
      Set<String> user =
          Maps.filterValues(columns, needed -> !needed.isEmpty() && read.containsAll(needed))
              .keySet();
      encoders =
          new Encoders(
              encoder.only(ImmutableSet.copyOf(user)),
              encoder.only(ImmutableSet.copyOf(Sets.difference(encoder.features(), user))));
      if (known.size() < MOST_FORMS) {
        known.put(read, encoders);
      }
    }
    return encoders;
  }
}
