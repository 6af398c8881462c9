package io.scenerank.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hashing;
import io.scenerank.config.ConfigMapper;
import io.scenerank.feature.EncodingFingerprint;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes the fingerprint of what a description encodes: of each column a digest of the keys that
 * decide which values become which ids. How files are read, which rows are taken, how they are
 * split and what models make of a column does not change ids and is left out, and so is a key that
 * says what is the default, so that keys of later versions leave old fingerprints as they are.
 */
final class FingerprintMaker {
  /** Keys that change no id, or whose effect the vocabulary or the edges hold. */
  private static final ImmutableSet<String> WITHOUT_EFFECT =
      ImmutableSet.of(
          "name",
          "emb_name",
          "emb_dim",
          "min_count",
          "evict",
          "bins",
          "max_len",
          "combiner",
          "pretrained",
          "l2_reg",
          "group",
          "groups");

  private final Encoding encoding;
  private final ImmutableMap<String, RawKind> kinds;
  private final ConfigMapper mapper = new ConfigMapper();
  private final ObjectNode defaults = mapper.toTree(ColumnDescription.sparse("default"));

  FingerprintMaker(Encoding encoding) {
    this.encoding = encoding;
    this.kinds = encoding.allKinds();
  }

  /**
   * @param vocabularies digest of each table's vocabulary, by table
   */
  EncodingFingerprint make(Map<String, String> vocabularies) {
    ImmutableMap.Builder<String, EncodingFingerprint.Column> columns = ImmutableMap.builder();
    for (ColumnDescription column : encoding.description().columns()) {
      boolean dense = column.type() == ColumnDescription.Type.DENSE;
      columns.put(
          column.name(),
          new EncodingFingerprint.Column(
              dense ? null : column.embName(),
              column.hasVocabulary() ? vocabularies.get(column.embName()) : null,
              digest(column)));
    }
    return new EncodingFingerprint(columns.buildOrThrow());
  }

  private String digest(ColumnDescription column) {
    ObjectNode canonical = mapper.newObject();
    keys(column).forEach(canonical::set);
    return Hashing.sha256().hashString(canonical.toString(), StandardCharsets.UTF_8).toString();
  }

  /** What decides the column's ids, in the order of the keys. */
  private Map<String, JsonNode> keys(ColumnDescription column) {
    Map<String, JsonNode> keys = new TreeMap<>();
    for (Map.Entry<String, JsonNode> key : mapper.toTree(column).properties()) {
      if (!WITHOUT_EFFECT.contains(key.getKey())
          && !key.getValue().equals(defaults.get(key.getKey()))) {
        keys.put(key.getKey(), key.getValue());
      }
    }
    Optional<String> single = SqlNames.single(column.source());
    single.ifPresent(name -> keys.put("source", text(name)));
    if (column.bins() > 0) {
      keys.put("edges", mapper.toTree(encoding.edges()).get(column.name()));
    }
    if (column.hash() > 0) {
      keys.put("hash_function", text(encoding.hashFunction().name()));
    }
    if (!encoding.description().missingValues().isEmpty()) {
      keys.put(
          "missing_values", text(new TreeSet<>(encoding.description().missingValues()).toString()));
    }
    keys.put("kinds", text(kinds(column, single.isPresent()).toString()));
    return keys;
  }

  /** What the raw columns hold, as far as other kinds would give other ids. */
  private Map<String, String> kinds(ColumnDescription column, boolean single) {
    Map<String, String> found = new TreeMap<>();
    boolean sequence = column.type() == ColumnDescription.Type.SEQUENCE;
    if (sequence && column.hash() > 0) {
      found.put("integers", "" + encoding.integerSequences().contains(column.name()));
    }
    // A vocabulary holds the texts themselves.
    if (single && (sequence || column.hasVocabulary())) {
      return found;
    }
    ImmutableSet<String> names = SqlNames.in(column.source());
    kinds.forEach(
        (name, kind) -> {
          if (names.contains(RawTables.small(name))) {
            found.put(RawTables.small(name), kind(column, kind) + format(name));
          }
        });
    return found;
  }

  /** {@code 1,234} is one number if the comma is between thousands, and another if not. */
  private String format(String name) {
    return encoding
        .description()
        .rawFormats()
        .find(name)
        .map(format -> " as " + format.name())
        .orElse("");
  }

  /** The same number comes of an integer and a decimal, and of a day and its first moment. */
  private static String kind(ColumnDescription column, RawKind kind) {
    if (!column.isNumber()) {
      return kind.name();
    }
    return switch (kind) {
      case INTEGER, NUMBER -> "number";
      case DATE, TIMESTAMP -> "time";
      default -> kind.name();
    };
  }

  private JsonNode text(String text) {
    return mapper.newObject().textNode(text);
  }
}
