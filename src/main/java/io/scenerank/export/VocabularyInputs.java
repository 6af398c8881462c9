package io.scenerank.export;

import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Vocabulary;
import io.scenerank.serve.Signatures;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Raw inputs where no more is known than vocabularies: values are looked up exactly as they are
 * given, the values of a sequence one by one, and columns without a vocabulary take ids.
 */
final class VocabularyInputs implements RawInputs {
  private final Map<String, Operand<TInt32>> ids = new LinkedHashMap<>();
  private final RawPlaceholders placeholders;
  private final LookupTables tables;

  /**
   * @param vocabularies by table
   * @throws io.scenerank.config.InvalidInputException if an id of a vocabulary is not a row of its
   *     table
   */
  VocabularyInputs(Ops ops, PackedLayout layout, ImmutableMap<String, Vocabulary> vocabularies) {
    Ops tf = ops.withSubScope(Signatures.RAW);
    this.placeholders = new RawPlaceholders(tf);
    this.tables = new LookupTables(tf);
    for (FeatureColumn column : layout.columns()) {
      Vocabulary vocabulary = vocabularies.get(column.embName());
      if (column.isCategorical() && !column.isText() && vocabulary != null) {
        vocabulary.requireIdsBelow(column.vocabSize());
        ids.put(column.name(), lookUp(column, vocabulary));
      }
    }
  }

  private Operand<TInt32> lookUp(FeatureColumn column, Vocabulary vocabulary) {
    return switch (vocabulary.kind()) {
      case TEXT ->
          tables.ofTexts(vocabulary, placeholders.add(TString.class, column, column.width()));
      case INTEGER ->
          tables.ofIntegers(vocabulary, placeholders.add(TInt64.class, column, column.width()));
    };
  }

  @Override
  public Optional<Operand<TInt32>> ids(FeatureColumn column) {
    return Optional.ofNullable(ids.get(column.name()));
  }

  @Override
  public Optional<Operand<TFloat32>> dense(FeatureColumn column) {
    return Optional.empty();
  }

  @Override
  public ImmutableMap<String, Operand<? extends TType>> placeholders() {
    return placeholders.all();
  }

  @Override
  public LookupTables tables() {
    return tables;
  }
}
