package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Vocabulary;
import io.scenerank.layer.OpNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.HashTable;
import org.tensorflow.op.core.InitializeTableFromTextFile;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Inputs of raw values, whose ids the graph looks up: a lookup table a vocabulary, which the
 * SavedModel's loader initialises from a file in {@code assets}.
 */
final class RawInputs {
  /** No row has this id; what no vocabulary holds has it. */
  private static final long UNSEEN = 0;

  private static final long VALUE_COLUMN = 0;
  private static final long ID_COLUMN = 1;

  private final Ops tf;
  private final ImmutableMap<String, Vocabulary> vocabularies;
  private final Map<String, HashTable> tables = new LinkedHashMap<>();
  private final Map<String, Operand<? extends TType>> placeholders = new LinkedHashMap<>();
  private final List<Op> initializers = new ArrayList<>();
  private final List<VocabularyAsset> assets = new ArrayList<>();
  private final List<AssetFileDef> assetDefs = new ArrayList<>();

  /**
   * @param vocabularies by table
   */
  RawInputs(Ops ops, ImmutableMap<String, Vocabulary> vocabularies) {
    this.tf = ops.withSubScope("raw");
    this.vocabularies = vocabularies;
  }

  /** Whether raw values of the column can be looked up. */
  boolean has(FeatureColumn column) {
    return column.isCategorical() && vocabularies.containsKey(column.embName());
  }

  /**
   * The ids of a column's raw values, [B, width].
   *
   * @param name of the op
   */
  Operand<TInt32> ids(FeatureColumn column, String name) {
    Vocabulary vocabulary = vocabularies.get(column.embName());
    Operand<? extends TType> raw =
        switch (vocabulary.kind()) {
          case TEXT -> placeholder(TString.class, column, name);
          case INTEGER -> placeholder(TInt64.class, column, name);
        };
    placeholders.put(column.name(), raw);
    HashTable table = tables.get(column.embName());
    if (table == null) {
      vocabulary.requireIdsBelow(column.vocabSize());
      table = table(vocabulary);
      tables.put(column.embName(), table);
    }
    return tf.dtypes.cast(tf.lookupTableFind(table, raw, tf.constant(UNSEEN)), TInt32.class);
  }

  private <T extends TType> Operand<T> placeholder(
      Class<T> type, FeatureColumn column, String name) {
    return tf.withName(name).placeholder(type, Placeholder.shape(Shape.of(-1, column.width())));
  }

  private HashTable table(Vocabulary vocabulary) {
    VocabularyAsset asset = VocabularyAsset.of(vocabulary, fileName(vocabulary.table()));
    assets.add(asset);
    // Python shares a table among all models of a process that call it so: the contents tell two
    // versions of a vocabulary apart.
    HashTable.Options shared = HashTable.sharedName(asset.fileName() + "_" + asset.fingerprint());
    HashTable table =
        vocabulary.kind() == Vocabulary.Kind.TEXT
            ? tf.hashTable(TString.class, TInt64.class, shared)
            : tf.hashTable(TInt64.class, TInt64.class, shared);
    // The loader feeds the file's path.
    Operand<TString> file = tf.constant(asset.fileName());
    assetDefs.add(
        AssetFileDef.newBuilder()
            .setFilename(asset.fileName())
            .setTensorInfo(ServingGraph.info(file))
            .build());
    initializers.add(
        tf.initializeTableFromTextFile(
            table,
            file,
            VALUE_COLUMN,
            ID_COLUMN,
            InitializeTableFromTextFile.delimiter(VocabularyAsset.DELIMITER)));
    return table;
  }

  /** {@code <table>.txt}; two tables may be alike in ASCII, and a number tells them apart. */
  private String fileName(String table) {
    String name = OpNames.ascii(table).replace('/', '_');
    return assets.stream().anyMatch(asset -> asset.fileName().equals(name + ".txt"))
        ? name + "_" + assets.size() + ".txt"
        : name + ".txt";
  }

  /** Whether no column's raw values are looked up. */
  boolean isEmpty() {
    return placeholders.isEmpty();
  }

  /** The raw inputs by column, those of columns without a vocabulary left out. */
  ImmutableMap<String, Operand<? extends TType>> placeholders() {
    return ImmutableMap.copyOf(placeholders);
  }

  /** The op that fills the tables once their files are known. */
  Op initializer() {
    return tf.withControlDependencies(initializers).withName("initialize").noOp();
  }

  /** The files of the tables. */
  ImmutableList<VocabularyAsset> assets() {
    return ImmutableList.copyOf(assets);
  }

  /** Which op wants the path of which file. */
  ImmutableList<AssetFileDef> assetDefs() {
    return ImmutableList.copyOf(assetDefs);
  }
}
