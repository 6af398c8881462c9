package io.scenerank.serve.raw;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.RawEncoding.RawFeature;
import io.scenerank.feature.RawEncoding.RawFeature.Ids;
import io.scenerank.feature.RawEncoding.RawFeature.NumberTexts;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import io.scenerank.feature.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes what reads the raw columns of an encoding. */
final class ColumnMaker {
  private final RawEncoding encoding;
  private final Map<String, IdSource> tables = new HashMap<>();

  ColumnMaker(RawEncoding encoding) {
    this.encoding = encoding;
  }

  /**
   * The columns of features.
   *
   * @throws InvalidInputException naming a feature that is not encoded, whose table lacks its
   *     vocabulary, or a value whose id is not a row of the table
   */
  ImmutableList<RawColumn> make(Iterable<FeatureColumn> features) {
    Map<String, RawColumn> made = new LinkedHashMap<>();
    List<FeatureColumn> weights = new ArrayList<>();
    for (FeatureColumn column : features) {
      if (encoding.feature(column) instanceof RawFeature.WeightsOf) {
        weights.add(column);
      } else {
        made.put(column.name(), column(column, encoding.feature(column)));
      }
    }
    for (FeatureColumn column : weights) {
      String sequence = ((RawFeature.WeightsOf) encoding.feature(column)).sequence();
      RawColumn weighted = made.get(sequence);
      if (weighted == null) {
        throw new InvalidInputException(
            String.format(
                "feature '%s' has the weights of '%s', which the model does not read",
                column.name(), sequence));
      }
      made.put(sequence, weighted.withWeights(column.name()));
    }
    return ImmutableList.copyOf(made.values());
  }

  private RawColumn column(FeatureColumn column, RawFeature feature) {
    String source = encoding.source(column.name());
    return feature instanceof RawFeature.Dense dense
        ? RawColumn.ofFloats(source, column.name(), column.width(), dense(column, dense))
        : RawColumn.ofIds(source, column.name(), column.width(), ids(column, feature));
  }

  private static CellReader dense(FeatureColumn column, RawFeature.Dense dense) {
    return new Readers.Dense(
        new NumberReader(dense.missing(), dense.texts()), column.width(), dense.instead());
  }

  private CellReader ids(FeatureColumn column, RawFeature feature) {
    if (feature instanceof RawFeature.Text text) {
      return new Readers.Text(
          TextReader.of(text.missing(), text.spelling()), source(column, text.ids()));
    }
    if (feature instanceof RawFeature.Integers integers) {
      return integers(column, integers);
    }
    if (feature instanceof RawFeature.Binned binned) {
      return Readers.Bin.of(new NumberReader(binned.missing(), binned.texts()), binned.ends());
    }
    if (feature instanceof RawFeature.Numbers numbers) {
      return new Readers.LookedUp(
          new NumberReader(numbers.missing(), numbers.texts()),
          numbers.ids(),
          Optional.ofNullable(encoding.vocabularies().get(column.embName()))
              .map(vocabulary -> table(column)));
    }
    return feature instanceof RawFeature.Weighted weighted
        ? sequence(column, weighted.values(), weighted.delimiter())
        : sequence(column, feature, null);
  }

  private CellReader integers(FeatureColumn column, RawFeature.Integers integers) {
    List<String> marks = new ArrayList<>(integers.texts());
    integers.missing().forEach(mark -> marks.add(Long.toString(mark)));
    IdSource ids = table(column);
    return column.type() == FeatureColumn.ColumnType.VARLEN_SPARSE
        ? new SequenceReader(
            TextReader.of(marks, Spelling.AS_WRITTEN),
            Optional.empty(),
            Spelling.INTEGER,
            Optional.empty(),
            ids)
        : new Readers.Text(TextReader.of(marks, Spelling.INTEGER), ids);
  }

  private CellReader sequence(
      FeatureColumn column, RawFeature values, @Nullable String weightDelimiter) {
    Optional<String> weights = Optional.ofNullable(weightDelimiter);
    if (values instanceof RawFeature.Delimited text) {
      return new SequenceReader(
          TextReader.of(text.missing(), text.whole()),
          Optional.of(text.delimiter()),
          text.element(),
          weights,
          source(column, text.ids()));
    }
    if (values instanceof RawFeature.Texts list) {
      return new SequenceReader(
          TextReader.of(list.missing(), Spelling.AS_WRITTEN),
          Optional.empty(),
          list.element(),
          weights,
          source(column, list.ids()));
    }
    throw new IllegalArgumentException("column '" + column.name() + "' is not a sequence");
  }

  private IdSource source(FeatureColumn column, Ids ids) {
    return ids instanceof Ids.Buckets buckets
        ? IdSource.Buckets.of(buckets.number())
        : table(column);
  }

  private IdSource table(FeatureColumn column) {
    Vocabulary vocabulary = encoding.vocabulary(column);
    return tables.computeIfAbsent(vocabulary.table(), name -> new IdSource.Table(vocabulary));
  }

  /** Columns whose rows hold ids and floats, as a data set without an encoding has them. */
  static ImmutableList<RawColumn> ofIds(Iterable<FeatureColumn> features) {
    ImmutableList.Builder<RawColumn> columns = ImmutableList.builder();
    for (FeatureColumn column : features) {
      columns.add(
          column.isCategorical()
              ? RawColumn.ofIds(column.name(), column.name(), column.width(), new GivenIds(column))
              : RawColumn.ofFloats(
                  column.name(),
                  column.name(),
                  column.width(),
                  new Readers.Dense(
                      new NumberReader(List.of(), NumberTexts.PLAIN),
                      column.width(),
                      Optional.empty())));
    }
    return columns.build();
  }
}
