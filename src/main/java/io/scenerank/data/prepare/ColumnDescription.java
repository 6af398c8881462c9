package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.FeatureColumn.Combiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a feature comes from a raw row.
 *
 * @param name the feature
 * @param type sparse, sequence, dense or text
 * @param source an SQL expression over one row's columns; by default the column of that name
 * @param embName the table; columns of one name share one vocabulary
 * @param embDim width of the embedding; null for the description's
 * @param minCount how often a value occurs in the training rows to get an id; null for the
 *     description's
 * @param evict which values lose their ids; null for what the description says
 * @param bins 0, or into how many quantile bins a number is cut
 * @param hash 0, or into how many buckets values are hashed, instead of a vocabulary
 * @param delimiter what separates the values of a sequence, or of several texts, that are one text;
 *     empty for a list
 * @param maxLen values of a sequence, or texts a row: the last ones are kept, zeros or empty texts
 *     come in front
 * @param combiner what becomes of a sequence, as in a schema; null for the mean
 * @param weights an SQL expression for the weights of a sequence's values, in their order; null
 *     where they have none or their own texts say them
 * @param weightDelimiter what separates a value of a sequence from its weight; null where texts say
 *     no weights
 * @param missing what a missing or infinite number of a dense column becomes; null: an error
 * @param dimension numbers of a dense column: 1, or as many as each of its lists has
 * @param pretrained the embeddings that the table begins with; null for drawn ones
 * @param l2Reg L2 factor on the table
 * @param group the networks that read the column; null for what its role suggests
 * @param groups the same for single models
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ColumnDescription(
    @JsonProperty("name") String name,
    @JsonProperty("type") Type type,
    @JsonProperty("source") String source,
    @JsonProperty("emb_name") String embName,
    @JsonProperty("emb_dim") @Nullable Integer embDim,
    @JsonProperty("min_count") @Nullable Integer minCount,
    @JsonProperty("evict") @Nullable Eviction evict,
    @JsonProperty("bins") int bins,
    @JsonProperty("hash") int hash,
    @JsonProperty("delimiter") String delimiter,
    @JsonProperty("max_len") int maxLen,
    @JsonProperty("combiner") @Nullable String combiner,
    @JsonProperty("weights") @Nullable String weights,
    @JsonProperty("weight_delimiter") @Nullable String weightDelimiter,
    @JsonProperty("missing") @Nullable Double missing,
    @JsonProperty("dimension") int dimension,
    @JsonProperty("pretrained") @Nullable PretrainedDescription pretrained,
    @JsonProperty("l2_reg") float l2Reg,
    @JsonProperty("group") @Nullable ImmutableList<String> group,
    @JsonProperty("groups") ImmutableMap<String, ImmutableList<String>> groups) {

  private static final int MOST_BINS = 1000;
  private static final int SEQUENCE_LENGTH = 20;
  private static final String WEIGHT_DELIMITER = ":";

  /** Ends the name of the column with the weights of another one. */
  private static final String WEIGHTS = "_weights";

  /** What a feature is. */
  public enum Type {
    /** One value a row. */
    @JsonProperty("sparse")
    SPARSE,
    /** Several values a row: a delimited text or a list. */
    @JsonProperty("sequence")
    SEQUENCE,
    /** A number. */
    @JsonProperty("dense")
    DENSE,
    /** Texts as they are, for a model that looks them up itself: one a row, or max_len of them. */
    @JsonProperty("text")
    TEXT
  }

  /**
   * @throws InvalidInputException naming the column and the key that is out of range
   */
  public ColumnDescription {
    require(name != null && !name.isEmpty(), "?", "name is missing");
    require(
        name.chars().noneMatch(c -> c == '/' || c < ' '), name, "name must not contain a slash");
    require(
        !embName.isEmpty() && embName.chars().noneMatch(c -> c == '/' || c < ' '),
        name,
        "emb_name must not be empty or contain a slash");
    require(embDim == null || embDim > 0, name, "emb_dim is " + embDim + ", expected at least 1");
    require(minCount == null || minCount > 0, name, "min_count is " + minCount + ", expected 1");
    require(
        bins == 0 || (bins > 1 && bins <= MOST_BINS),
        name,
        "bins is " + bins + ", expected 2 to " + MOST_BINS);
    require(hash >= 0, name, "hash is " + hash + ", expected a number of buckets");
    require(maxLen > 0, name, "max_len is " + maxLen + ", expected at least 1");
    require(bins == 0 || type == Type.SPARSE, name, "bins are for a sparse column");
    require(bins == 0 || hash == 0, name, "bins and hash exclude each other");
    require(
        hash == 0 || type == Type.SPARSE || type == Type.SEQUENCE,
        name,
        "hash is for a sparse column or a sequence");
    require(
        delimiter.isEmpty() || type == Type.SEQUENCE || (type == Type.TEXT && maxLen > 1),
        name,
        "delimiter is for a sequence, or for texts with a max_len");
    require(
        type != Type.TEXT || embName.equals(name),
        name,
        "emb_name is for ids, which texts are not");
    require(
        type != Type.TEXT || ((group == null || group.isEmpty()) && groups.isEmpty()),
        name,
        "texts are read by their name and are in no group");
    require(type == Type.SEQUENCE || combiner == null, name, "combiner is for a sequence");
    require(
        type == Type.SEQUENCE || (weights == null && weightDelimiter == null),
        name,
        "weights and weight_delimiter are for a sequence");
    require(
        (weights == null && weightDelimiter == null)
            || combiner == null
            || Combiner.takeWeights(Combiner.parse(name, combiner)),
        name,
        "weights are for the combiners sum, mean and sqrtn, found '" + combiner + "'");
    require(
        weights == null || weightDelimiter == null,
        name,
        "weights are in another column and weight_delimiter in the same one; expected one of them");
    require(
        weightDelimiter == null
            || (!weightDelimiter.isEmpty() && !weightDelimiter.equals(delimiter)),
        name,
        "weight_delimiter is '"
            + weightDelimiter
            + "', expected a text other than the delimiter, as ':'");
    require(
        dimension == 1 || (dimension > 1 && type == Type.DENSE),
        name,
        "dimension is "
            + dimension
            + ", expected 1, or for a dense column the length of its lists");
    require(
        evict == null || (type != Type.DENSE && type != Type.TEXT && bins == 0 && hash == 0),
        name,
        "evict is for a column with a vocabulary");
    require(
        pretrained == null || (type != Type.DENSE && type != Type.TEXT && bins == 0 && hash == 0),
        name,
        "pretrained is for a column with a vocabulary");
    require(
        pretrained == null || pretrained.trainable() || l2Reg == 0,
        name,
        "l2_reg is for a table that training changes; with pretrained, set trainable: true");
    require(type == Type.DENSE || missing == null, name, "missing is for a dense column");
    require(
        missing == null || Float.isFinite(missing.floatValue()),
        name,
        "missing is " + missing + ", expected a finite float");
  }

  @JsonCreator
  static ColumnDescription fromJson(
      @JsonProperty("name") String name,
      @JsonProperty("type") @Nullable Type type,
      @JsonProperty("source") @Nullable String source,
      @JsonProperty("emb_name") @Nullable String embName,
      @JsonProperty("emb_dim") @Nullable Integer embDim,
      @JsonProperty("min_count") @Nullable Integer minCount,
      @JsonProperty("evict") @Nullable Eviction evict,
      @JsonProperty("bins") @Nullable Integer bins,
      @JsonProperty("hash") @Nullable Integer hash,
      @JsonProperty("delimiter") @Nullable String delimiter,
      @JsonProperty("max_len") @Nullable Integer maxLen,
      @JsonProperty("combiner") @Nullable String combiner,
      @JsonProperty("weights") @Nullable String weights,
      @JsonProperty("weight_delimiter") @Nullable String weightDelimiter,
      @JsonProperty("missing") @Nullable Double missing,
      @JsonProperty("dimension") @Nullable Integer dimension,
      @JsonProperty("pretrained") @Nullable PretrainedDescription pretrained,
      @JsonProperty("l2_reg") @Nullable Float l2Reg,
      @JsonProperty("group") @Nullable ImmutableList<String> group,
      @JsonProperty("groups") @Nullable ImmutableMap<String, ImmutableList<String>> groups) {
    require(
        type == Type.SEQUENCE || type == Type.TEXT || maxLen == null || maxLen == 1,
        name,
        "max_len is for a sequence or for texts");
    return new ColumnDescription(
        name,
        type == null ? Type.SPARSE : type,
        source == null ? DuckDb.name(String.valueOf(name)) : source,
        embName == null ? String.valueOf(name) : embName,
        embDim,
        minCount,
        evict,
        bins == null ? 0 : bins,
        hash == null ? 0 : hash,
        delimiter == null ? "" : delimiter,
        maxLen == null ? (type == Type.SEQUENCE ? SEQUENCE_LENGTH : 1) : maxLen,
        combiner,
        weights,
        weightDelimiter == null && weights == null && Combiner.isWeightedMean(combiner)
            ? WEIGHT_DELIMITER
            : weightDelimiter,
        missing,
        dimension == null ? 1 : dimension,
        pretrained,
        l2Reg == null ? 0 : l2Reg,
        group,
        groups == null ? ImmutableMap.of() : groups);
  }

  /** A sparse column of the raw column of this name. */
  public static ColumnDescription sparse(String name) {
    return fromJson(
        name, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null);
  }

  /** Whether its ids come from a vocabulary. */
  boolean hasVocabulary() {
    return type != Type.DENSE && type != Type.TEXT && bins == 0 && hash == 0;
  }

  /** Whether the values of a row have weights. */
  boolean isWeighted() {
    return weights != null || weightDelimiter != null;
  }

  /** Name of the dense column of the weights. */
  String weightsName() {
    return name + WEIGHTS;
  }

  /** Names of the columns that it becomes: its own, and that of its weights. */
  ImmutableList<String> features() {
    return isWeighted() ? ImmutableList.of(name, weightsName()) : ImmutableList.of(name);
  }

  /** Its SQL expressions. */
  Stream<String> sources() {
    return Stream.concat(Stream.of(source), Stream.ofNullable(weights));
  }

  /** Whether a row has a list of values. */
  boolean isList() {
    return type == Type.SEQUENCE || (type == Type.TEXT && maxLen > 1);
  }

  /** Whether its texts are kept, each with an id of the data set's own. */
  boolean isText() {
    return type == Type.TEXT;
  }

  /** Whether its raw value is a number: a dense or a binned column. */
  boolean isNumber() {
    return type == Type.DENSE || bins > 0;
  }

  private static void require(boolean condition, String column, String problem) {
    if (!condition) {
      throw new InvalidInputException("column '" + column + "': " + problem);
    }
  }
}
