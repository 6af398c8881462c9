package io.scenerank.export;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.LinkedListMultimap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.Multimaps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.RawEncoding.RawFeature;
import io.scenerank.feature.Vocabulary;
import io.scenerank.serve.Signatures;
import io.scenerank.variable.Shapes;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Raw inputs of a known encoding: the graph computes from raw values what the model reads. */
final class EncodedInputs implements RawInputs {
  private final Ops tf;
  private final RawEncoding encoding;
  private final LookupTables tables;
  private final RawTexts texts;
  private final RawSequences sequences;
  private final RawNumbers numbers;
  private final RawPlaceholders placeholders;
  private final Map<String, Operand<TString>> cleaned;
  private final Map<String, Operand<TInt32>> ids = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> dense = new LinkedHashMap<>();
  private final Map<String, RawSequences.Values> weighted = new LinkedHashMap<>();
  private final Set<String> derived = new LinkedHashSet<>();

  /**
   * @throws InvalidInputException naming a column that is not encoded, whose table lacks its
   *     vocabulary, or a value whose id is not a row of the table
   */
  EncodedInputs(Ops ops, PackedLayout layout, RawEncoding encoding) {
    this.tf = ops.withSubScope(Signatures.RAW);
    this.encoding = encoding;
    this.placeholders = new RawPlaceholders(tf);
    this.tables = new LookupTables(tf);
    this.texts = new RawTexts(tf);
    this.sequences = new RawSequences(tf);
    this.numbers = new RawNumbers(tf);
    this.cleaned = cleaned(layout.withoutTexts());
    for (FeatureColumn column : layout.withoutTexts().columns()) {
      if (column.isCategorical()) {
        ids.put(column.name(), ids(column, encoding.feature(column)));
      }
    }
    for (FeatureColumn column : layout.columns()) {
      if (!column.isCategorical()) {
        dense.put(column.name(), dense(column, encoding.feature(column)));
      }
    }
  }

  /** The texts of the columns with one a row; those of the same marks are cleaned in one go. */
  private Map<String, Operand<TString>> cleaned(PackedLayout layout) {
    ListMultimap<ImmutableList<String>, FeatureColumn> byMarks = LinkedListMultimap.create();
    for (FeatureColumn column : layout.columns()) {
      RawFeature feature = values(encoding.feature(column));
      if (feature instanceof RawFeature.Text text) {
        byMarks.put(text.missing(), column);
      } else if (feature instanceof RawFeature.Delimited text) {
        byMarks.put(text.missing(), column);
      }
    }
    Map<String, Operand<TString>> byName = new LinkedHashMap<>();
    Multimaps.asMap(byMarks).forEach((marks, columns) -> clean(columns, marks, byName));
    return byName;
  }

  private static RawFeature values(RawFeature feature) {
    return feature instanceof RawFeature.Weighted weights ? weights.values() : feature;
  }

  private void clean(
      List<FeatureColumn> columns,
      ImmutableList<String> marks,
      Map<String, Operand<TString>> byName) {
    List<Operand<TString>> inputs =
        columns.stream().map(column -> placeholders.add(TString.class, column, 1)).toList();
    Operand<TString> together = Shapes.concat(tf, inputs, 1); // [B, n]
    List<Output<TString>> parts =
        tf.split(tf.constant(1), texts.clean(together, marks), (long) inputs.size()).output();
    for (int i = 0; i < parts.size(); i++) {
      byName.put(columns.get(i).name(), parts.get(i));
    }
  }

  private Operand<TInt32> ids(FeatureColumn column, RawFeature feature) {
    if (feature instanceof RawFeature.Text text) {
      return idsOf(
          column,
          text.ids(),
          texts.spell(requireNonNull(cleaned.get(column.name()), column.name()), text.spelling()));
    }
    if (values(feature) instanceof RawFeature.Delimited text) {
      Operand<TString> whole =
          texts.spell(requireNonNull(cleaned.get(column.name()), column.name()), text.whole());
      RawSequences.Values values = sequences.split(whole, text.delimiter()).with(texts::trim);
      return last(column, text.ids(), text.element(), unweighted(column, feature, values));
    }
    if (values(feature) instanceof RawFeature.Texts list) {
      Operand<TString> given = placeholders.add(TString.class, column, Shape.UNKNOWN_SIZE);
      RawSequences.Values values = sequences.of(texts.clean(given, list.missing()));
      return last(column, list.ids(), list.element(), unweighted(column, feature, values));
    }
    if (feature instanceof RawFeature.Integers integers) {
      return integers(column, integers);
    }
    Operand<TFloat64> number = placeholders.add(TFloat64.class, column, 1);
    if (feature instanceof RawFeature.Binned binned) {
      return numbers.bin(number, binned);
    }
    if (feature instanceof RawFeature.Numbers looked) {
      Operand<TInt64> bits = tf.bitcast(number, TInt64.class);
      return numbers.unlessMissing(
          number, looked.missing(), tables.ofBits(looked.table(), looked.ids(), bits));
    }
    throw new IllegalArgumentException("column '" + column.name() + "' takes ids, not floats");
  }

  /** The values without the weights behind them, which are kept for the column of the weights. */
  private RawSequences.Values unweighted(
      FeatureColumn column, RawFeature feature, RawSequences.Values values) {
    if (!(feature instanceof RawFeature.Weighted weights)) {
      return values;
    }
    RawWeights split = new RawWeights(tf, weights.delimiter());
    RawSequences.Values own = values.with(all -> texts.trim(split.values(all)));
    weighted.put(column.name(), own.weightedBy(split.weights(values.values())));
    return own;
  }

  private Operand<TInt32> last(
      FeatureColumn column,
      RawFeature.Ids ids,
      RawFeature.Spelling spelling,
      RawSequences.Values values) {
    return sequences.last(
        values, column.width(), found -> idsOf(column, ids, texts.spell(found, spelling)));
  }

  private Operand<TInt32> idsOf(FeatureColumn column, RawFeature.Ids ids, Operand<TString> values) {
    if (ids instanceof RawFeature.Ids.Buckets buckets) {
      Operand<TInt32> bucket =
          tf.dtypes.cast(
              tf.strings.toHashBucketFast(values, (long) buckets.number()), TInt32.class);
      return tf.select(
          tf.math.equal(values, tf.constant("")),
          tf.constant(0),
          tf.math.add(bucket, tf.constant(1)));
    }
    return tables.ofTexts(encoding.vocabulary(column), values);
  }

  private Operand<TInt32> integers(FeatureColumn column, RawFeature.Integers feature) {
    boolean sequence = column.type() == ColumnType.VARLEN_SPARSE;
    Operand<TInt64> given =
        placeholders.add(TInt64.class, column, sequence ? Shape.UNKNOWN_SIZE : 1);
    Vocabulary vocabulary = encoding.vocabulary(column);
    Operand<TInt32> found = tables.ofIntegers(vocabulary, given);
    for (long mark : feature.missing()) {
      found = tf.select(tf.math.equal(given, tf.constant(mark)), tf.constant(0), found);
    }
    return sequence ? sequences.last(found, column.width()) : found;
  }

  private Operand<TFloat32> dense(FeatureColumn column, RawFeature feature) {
    if (feature instanceof RawFeature.Dense floats) {
      return numbers.dense(placeholders.add(TFloat32.class, column, column.width()), floats);
    }
    if (feature instanceof RawFeature.WeightsOf weights) {
      RawSequences.Values values = weighted.get(weights.sequence());
      if (values == null) {
        throw new InvalidInputException(
            "feature '"
                + column.name()
                + "' has the weights of '"
                + weights.sequence()
                + "', which the model does not read");
      }
      derived.add(column.name());
      return sequences.lastWeights(values, column.width());
    }
    throw new IllegalArgumentException("column '" + column.name() + "' takes floats, not ids");
  }

  @Override
  public Optional<Operand<TInt32>> ids(FeatureColumn column) {
    return Optional.ofNullable(ids.get(column.name()));
  }

  @Override
  public Optional<Operand<TFloat32>> dense(FeatureColumn column) {
    return Optional.ofNullable(dense.get(column.name()));
  }

  @Override
  public ImmutableMap<String, Operand<? extends TType>> placeholders() {
    return placeholders.all();
  }

  @Override
  public ImmutableSet<String> derived() {
    return ImmutableSet.copyOf(derived);
  }

  @Override
  public LookupTables tables() {
    return tables;
  }
}
