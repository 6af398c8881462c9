package io.scenerank.serve.raw;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.RawEncoding;
import io.scenerank.serve.CandidateRanker;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Scores;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Encodes raw rows as {@code prepare} does: the same ids, bins, buckets, sequences, weights and
 * dense values, in this process and without a database. A row is a map from the names of raw
 * columns, as a file's header has them, to texts, numbers, true or false, lists or arrays of these,
 * or null for a missing value. Other keys of a row do not matter.
 *
 * <pre>{@code
 * RawEncoder encoder = RawEncoder.open(Path.of("runs/pepnet"));
 * Features features = encoder.encode(List.of(Map.of("user_id", "u17", "price", 3.5)));
 * Scores scores = ranker.predict(features);
 * }</pre>
 *
 * <p>Safe for many threads at once. Wrong input is an {@link InvalidInputException} of one line
 * that names the row and the column, what was found and what was expected.
 */
public final class RawEncoder {
  private final ImmutableList<RawColumn> columns;
  private final ImmutableSet<String> features;
  private final Limits limits;
  private final boolean absentIsMissing;

  private RawEncoder(
      ImmutableList<RawColumn> columns,
      ImmutableSet<String> features,
      Limits limits,
      boolean absentIsMissing) {
    this.columns = columns;
    this.features = features;
    this.limits = limits;
    this.absentIsMissing = absentIsMissing;
  }

  /**
   * Opens what encodes raw rows: of an export with the signature {@code raw}, or the folder of its
   * versions, of which the one with the largest number counts; of a run; or of a prepared data set.
   * Of a run or a data set DuckDB reads the vocabularies here, and never again. Where a run's data
   * had no raw values, as the built-in data, rows hold ids and floats.
   *
   * @throws InvalidInputException if the folder is none of these, or damaged; naming the columns
   *     whose values cannot be computed of a row, and why
   */
  public static RawEncoder open(Path folder) {
    return of(RawFolder.read(folder, name -> true));
  }

  /**
   * The same of some features, such as the inputs of a model.
   *
   * @throws InvalidInputException also naming a feature that the folder does not know
   */
  public static RawEncoder open(Path folder, Set<String> features) {
    return of(RawFolder.read(folder, features::contains)).only(features);
  }

  private static RawEncoder of(RawFolder folder) {
    return of(
        folder
            .encoding()
            .map(encoding -> new ColumnMaker(encoding).make(folder.columns()))
            .orElseGet(() -> ColumnMaker.ofIds(folder.columns())));
  }

  /**
   * Encodes features of a known encoding.
   *
   * @throws InvalidInputException naming a feature that is not encoded, or whose vocabulary is
   *     missing or has an id beyond its table
   */
  public static RawEncoder of(RawEncoding encoding, Iterable<FeatureColumn> columns) {
    return of(new ColumnMaker(encoding).make(columns));
  }

  private static RawEncoder of(ImmutableList<RawColumn> columns) {
    return new RawEncoder(
        columns,
        columns.stream()
            .flatMap(column -> Stream.concat(column.ids().stream(), column.floats().stream()))
            .collect(ImmutableSet.toImmutableSet()),
        Limits.DEFAULT,
        false);
  }

  /** The same encoder with other limits. */
  public RawEncoder withLimits(Limits other) {
    return new RawEncoder(columns, features, other, absentIsMissing);
  }

  /**
   * The same encoder for rows that leave missing values out: a key that a row lacks is a missing
   * value. Without it such a row is refused, since a wrong name would go unnoticed.
   */
  public RawEncoder withAbsentAsMissing() {
    return new RawEncoder(columns, features, limits, true);
  }

  /**
   * The part of some features, such as those of the user. It counts together with the whole.
   *
   * @throws InvalidInputException naming a feature that is not among {@link #features}
   */
  public RawEncoder only(Set<String> some) {
    for (String name : Sets.difference(some, features)) {
      throw new InvalidInputException(
          "feature '" + name + "' is not encoded" + SpellingHint.hint(name, features));
    }
    return new RawEncoder(
        columns.stream()
            .filter(column -> column.gives(some))
            .collect(ImmutableList.toImmutableList()),
        ImmutableSet.copyOf(some),
        limits,
        absentIsMissing);
  }

  /** The names of the features that rows become. */
  public ImmutableSet<String> features() {
    return features;
  }

  /** The names of the raw columns that rows need. */
  public ImmutableSet<String> columns() {
    return columns.stream().map(RawColumn::source).collect(ImmutableSet.toImmutableSet());
  }

  /**
   * Encodes rows.
   *
   * @return int32 [rows, 1] or [rows, max_len] of each feature of ids, float32 [rows, dimension] of
   *     each dense one
   * @throws InvalidInputException naming the row, from 0, and the column whose value is missing or
   *     wrong
   */
  public Features encode(List<? extends Map<String, ?>> rows) {
    Features.Builder encoded = Features.builder();
    read(rows, (column, block) -> column.add(block, rows.size(), features, encoded));
    return encoded.build();
  }

  /** Reads rows column by column. */
  void read(List<? extends Map<String, ?>> rows, BiConsumer<RawColumn, Block> to) {
    limits.requireRows(rows.size());
    for (RawColumn column : columns) {
      Block block = column.block(limits, rows.size());
      for (int row = 0; row < rows.size(); row++) {
        read(column, rows.get(row), row, block, false);
      }
      column.count(block);
      to.accept(column, block);
    }
  }

  /** Encodes the one row of a user; messages call it so. */
  public Features encodeUser(Map<String, ?> user) {
    Features.Builder encoded = Features.builder();
    for (RawColumn column : columns) {
      Block block = column.block(limits, 1);
      read(column, user, 0, block, true);
      column.count(block);
      column.add(block, 1, features, encoded);
    }
    return encoded.build();
  }

  /**
   * Encodes rows that share what the user's row says.
   *
   * @param user its columns are read once; the candidates have the others
   * @throws InvalidInputException as {@link #encode(List)}, or if a candidate has a column of the
   *     user's too
   */
  public Features encode(Map<String, ?> user, List<? extends Map<String, ?>> candidates) {
    limits.requireRows(candidates.size());
    int rows = candidates.size();
    Features.Builder encoded = Features.builder();
    for (RawColumn column : columns) {
      Block block = column.block(limits, rows);
      if (user.containsKey(column.source())) {
        requireOfUser(column, candidates);
        if (rows > 0) {
          read(column, user, 0, block, true);
          block.repeat();
        }
      } else {
        for (int row = 0; row < rows; row++) {
          read(column, candidates.get(row), row, block, false);
        }
      }
      column.count(block);
      column.add(block, rows, features, encoded);
    }
    return encoded.build();
  }

  private static void requireOfUser(RawColumn column, List<? extends Map<String, ?>> candidates) {
    for (int row = 0; row < candidates.size(); row++) {
      if (candidates.get(row) != null && candidates.get(row).containsKey(column.source())) {
        throw new InvalidInputException(
            place(column, row, false) + ": the user has this column too, expected it once");
      }
    }
  }

  private void read(
      RawColumn column, @Nullable Map<String, ?> values, int row, Block block, boolean ofUser) {
    if (values == null) {
      throw new InvalidInputException(
          (ofUser ? "user" : "row " + row) + ": found nothing, expected values by column");
    }
    Object value = values.get(column.source());
    if (value == null && !absentIsMissing && !values.containsKey(column.source())) {
      throw new InvalidInputException(
          String.format(
              "%s: found no such key, expected a value or null%s",
              place(column, row, ofUser), SpellingHint.hint(column.source(), values.keySet())));
    }
    try {
      column.reader().read(value, row, block);
    } catch (WrongValueException e) {
      throw new InvalidInputException(place(column, row, ofUser) + ": " + e.getMessage(), e);
    }
  }

  private static String place(RawColumn column, int row, boolean ofUser) {
    return String.format(
        Locale.ROOT, "%s, column '%s'", ofUser ? "user" : "row " + row, column.source());
  }

  /** By feature, what was seen in all calls so far, of this encoder and its parts. */
  public ImmutableMap<String, Count> counts() {
    ImmutableMap.Builder<String, Count> counts = ImmutableMap.builder();
    for (RawColumn column : columns) {
      counts.put(column.name(), new Count(column.values().sum(), column.unseen().sum()));
    }
    return counts.buildOrThrow();
  }

  /**
   * Reads JSON into maps, lists, texts, numbers, true, false and null, as rows hold them, without a
   * library.
   *
   * @param utf8 one JSON value (RFC 8259)
   * @param maxDepth levels of lists and objects; a row in a list of rows that holds lists has three
   * @return integers as Long, or BigInteger beyond 64 bits; other numbers as Double
   * @throws InvalidInputException naming the byte where something else was expected, or a name that
   *     occurs twice in an object
   */
  public static @Nullable Object readJson(byte[] utf8, int maxDepth) {
    return new JsonReader(utf8, maxDepth).read();
  }

  /**
   * Scores raw rows with a model that takes encoded ones.
   *
   * @throws InvalidInputException naming a feature of the model that is not encoded here
   */
  public RawRanker over(Ranker ranker) {
    return new RawRanker(only(ranker.inputs().keySet()), ranker, Optional.empty());
  }

  /** Scores raw rows. Safe for many threads at once; it closes no model. */
  public static final class RawRanker {
    private final RawEncoder encoder;
    private final Ranker ranker;
    private final Optional<Sides> sides;

    /** What computes the user once, and what encodes for it. */
    private record Sides(CandidateRanker ranker, RawEncoder user, RawEncoder candidates) {}

    private RawRanker(RawEncoder encoder, Ranker ranker, Optional<Sides> sides) {
      this.encoder = encoder;
      this.ranker = ranker;
      this.sides = sides;
    }

    /**
     * The same that ranks with the same model split into the user's part and the candidates'.
     *
     * @throws InvalidInputException naming a feature of it that is not encoded here
     */
    public RawRanker with(CandidateRanker split) {
      return new RawRanker(
          encoder,
          ranker,
          Optional.of(
              new Sides(
                  split,
                  encoder.only(split.userInputs().keySet()),
                  encoder.only(split.candidateInputs().keySet()))));
    }

    /**
     * Scores rows.
     *
     * @throws InvalidInputException as {@link RawEncoder#encode(List)} and {@link Ranker#predict}
     */
    public Scores predictRaw(List<? extends Map<String, ?>> rows) {
      return ranker.predict(encoder.encode(rows));
    }

    /**
     * Scores candidates of one user, whose columns are given once.
     *
     * @param user what all candidates share
     * @param candidates the other columns of each
     * @return one score a candidate for each output
     * @throws InvalidInputException as {@link RawEncoder#encode(Map, List)} and {@link
     *     Ranker#predict}
     */
    public Scores rankRaw(Map<String, ?> user, List<? extends Map<String, ?>> candidates) {
      return sides
          .map(
              split ->
                  split
                      .ranker()
                      .rank(split.user().encodeUser(user), split.candidates().encode(candidates)))
          .orElseGet(() -> ranker.predict(encoder.encode(user, candidates)));
    }
  }

  /**
   * What was seen of a feature.
   *
   * @param values how many values were looked up or hashed; those of a sequence count one by one
   * @param unseen how many of them no vocabulary holds: their id is 0
   */
  public record Count(long values, long unseen) {}

  /**
   * How much a call takes.
   *
   * @param rows rows of a call
   * @param listLength values of a list, or of a text that holds several
   * @param textLength characters of a text
   */
  public record Limits(int rows, int listLength, int textLength) {
    /** 100,000 rows, 10,000 values of a list, 100,000 characters of a text. */
    public static final Limits DEFAULT = new Limits(100_000, 10_000, 100_000);

    void requireRows(int found) {
      if (found > rows) {
        throw new InvalidInputException(
            String.format(Locale.ROOT, "found %d rows, expected at most %d", found, rows));
      }
    }

    void requireLength(int found) {
      if (found > listLength) {
        throw WrongValueException.said(
            "more than " + listLength + " values", "at most " + listLength);
      }
    }

    void requireText(CharSequence text) {
      if (text.length() > textLength) {
        throw WrongValueException.said(
            "a text of " + text.length() + " characters", "at most " + textLength);
      }
    }
  }
}
