package io.scenerank.export;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.Vocabulary;
import io.scenerank.variable.OpNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.HashTable;
import org.tensorflow.op.core.InitializeTableFromTextFile;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Lookup tables of raw value → id, which the SavedModel's loader initialises from files in {@code
 * assets}.
 */
final class LookupTables {
  /** No row has this id; what no vocabulary holds has it. */
  private static final long UNSEEN = 0;

  private static final long VALUE_COLUMN = 0;
  private static final long ID_COLUMN = 1;

  private final Ops tf;
  private final Map<String, HashTable> tables = new LinkedHashMap<>();
  private final Map<String, VocabularyAsset> assets = new LinkedHashMap<>();
  private final List<Op> initializers = new ArrayList<>();
  private final List<AssetFileDef> assetDefs = new ArrayList<>();

  LookupTables(Ops tf) {
    this.tf = tf;
  }

  /** The ids of texts; the values of a vocabulary of integers are looked up as they are written. */
  Operand<TInt32> ofTexts(Vocabulary vocabulary, Operand<TString> texts) {
    return find(asset(vocabulary), TString.class, texts);
  }

  /** The ids of integers. */
  Operand<TInt32> ofIntegers(Vocabulary vocabulary, Operand<TInt64> integers) {
    return find(asset(vocabulary), TInt64.class, integers);
  }

  /** The ids of numbers, which are looked up by their bits. */
  Operand<TInt32> ofBits(String table, ImmutableMap<Double, Integer> ids, Operand<TInt64> bits) {
    VocabularyAsset asset =
        assets.computeIfAbsent(
            table + RawEncoding.NUMBERS, key -> VocabularyAsset.ofNumbers(ids, fileName(key)));
    return find(asset, TInt64.class, bits);
  }

  private VocabularyAsset asset(Vocabulary vocabulary) {
    return assets.computeIfAbsent(
        vocabulary.table(), table -> VocabularyAsset.of(vocabulary, fileName(table)));
  }

  private Operand<TInt32> find(
      VocabularyAsset asset, Class<? extends TType> keys, Operand<? extends TType> values) {
    HashTable table =
        tables.computeIfAbsent(
            asset.fileName() + "_" + keys.getSimpleName(), name -> table(asset, keys));
    return tf.dtypes.cast(tf.lookupTableFind(table, values, tf.constant(UNSEEN)), TInt32.class);
  }

  private HashTable table(VocabularyAsset asset, Class<? extends TType> keys) {
    // Python shares a table among all models of a process that call it so: the contents tell two
    // versions of a vocabulary apart.
    String name = String.join("_", asset.fileName(), keys.getSimpleName(), asset.fingerprint());
    HashTable table = tf.hashTable(keys, TInt64.class, HashTable.sharedName(name));
    // The loader feeds the file's path.
    Operand<TString> file = tf.constant(asset.fileName());
    assetDefs.add(
        AssetFileDef.newBuilder()
            .setFilename(asset.fileName())
            .setTensorInfo(GraphNames.info(file))
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
    return assets.values().stream().anyMatch(asset -> asset.fileName().equals(name + ".txt"))
        ? name + "_" + assets.size() + ".txt"
        : name + ".txt";
  }

  /** Whether nothing is looked up. */
  boolean isEmpty() {
    return tables.isEmpty();
  }

  /** The op that fills the tables once their files are known. */
  Op initializer() {
    return tf.withControlDependencies(initializers).withName("initialize").noOp();
  }

  /** The files of the tables. */
  ImmutableList<VocabularyAsset> assets() {
    return ImmutableList.copyOf(assets.values());
  }

  /**
   * The file of each table's ids, and of the ids of its numbers under the table's name and {@link
   * RawEncoding#NUMBERS}.
   */
  ImmutableMap<String, String> fileNames() {
    return ImmutableMap.copyOf(Maps.transformValues(assets, VocabularyAsset::fileName));
  }

  /** Which op wants the path of which file. */
  ImmutableList<AssetFileDef> assetDefs() {
    return ImmutableList.copyOf(assetDefs);
  }
}
