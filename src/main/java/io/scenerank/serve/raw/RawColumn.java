package io.scenerank.serve.raw;

import io.scenerank.serve.Features;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * A feature and the raw column that it is made of.
 *
 * @param source the raw column
 * @param ids the feature of ids; empty for a dense one
 * @param floats the feature of floats: a dense one, or the weights of the ids
 * @param width values a row
 * @param reader reads a value
 * @param values how many values were looked up
 * @param unseen how many of them no vocabulary holds
 */
record RawColumn(
    String source,
    Optional<String> ids,
    Optional<String> floats,
    int width,
    CellReader reader,
    LongAdder values,
    LongAdder unseen) {

  static RawColumn ofIds(String source, String feature, int width, CellReader reader) {
    return new RawColumn(
        source,
        Optional.of(feature),
        Optional.empty(),
        width,
        reader,
        new LongAdder(),
        new LongAdder());
  }

  static RawColumn ofFloats(String source, String feature, int width, CellReader reader) {
    return new RawColumn(
        source,
        Optional.empty(),
        Optional.of(feature),
        width,
        reader,
        new LongAdder(),
        new LongAdder());
  }

  /** The same whose ids have weights, a feature of its own. */
  RawColumn withWeights(String feature) {
    return new RawColumn(source, ids, Optional.of(feature), width, reader, values, unseen);
  }

  /** The feature that it is called by. */
  String name() {
    return ids.or(() -> floats).orElseThrow();
  }

  /** Whether it gives one of some features. */
  boolean gives(Set<String> features) {
    return ids.filter(features::contains).or(() -> floats.filter(features::contains)).isPresent();
  }

  Block block(RawEncoder.Limits limits, int rows) {
    return new Block(limits, rows, width, ids.isPresent(), floats.isPresent());
  }

  /** Adds what was read, as far as it is wanted. */
  void add(Block block, int rows, Set<String> wanted, Features.Builder features) {
    if (ids.isPresent() && wanted.contains(ids.get())) {
      if (width == 1) {
        features.ids(ids.get(), block.ids());
      } else {
        features.values(ids.get(), block.ids(), rows, width);
      }
    }
    if (floats.isPresent() && wanted.contains(floats.get())) {
      if (width == 1) {
        features.floats(floats.get(), block.floats());
      } else {
        features.values(floats.get(), block.floats(), rows, width);
      }
    }
  }

  /** Counts what was looked up. */
  void count(Block block) {
    if (block.values() > 0) {
      values.add(block.values());
      unseen.add(block.unseen());
    }
  }
}
