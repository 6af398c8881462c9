package io.scenerank.feature;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One input of a model.
 *
 * @param name input name, also the name of the signature's input
 * @param embName the embedding table; columns of one name share one table
 * @param embDim width of the embedding
 * @param vocabSize rows of the table, or texts that a data set knows; ids lie in [0, vocabSize)
 * @param group the networks that read the column: {@code dnn}, {@code epnet}, {@code linear}, …
 * @param type sparse, varlen_sparse, dense or text
 * @param maxLen ids a row of a sequence, or texts a row
 * @param dimension floats a row of a dense column
 * @param combiner what becomes of a sequence
 * @param maskZero whether id 0 is padding
 * @param l2Reg L2 factor on the table
 * @param initializer initializer of the table: {@code uniform} or {@code zeros}
 * @param trainable whether training changes the table
 * @param weights the dense column with a weight for each id of a sequence, [B, max_len]; null where
 *     every id counts once
 */
@PublicApi
public record FeatureColumn(
    @JsonProperty("name") String name,
    @JsonProperty("emb_name") String embName,
    @JsonProperty("emb_dim") int embDim,
    @JsonProperty("vocab_size") int vocabSize,
    @JsonProperty("group") ImmutableList<String> group,
    @JsonProperty("type") ColumnType type,
    @JsonProperty("max_len") int maxLen,
    @JsonProperty("dimension") int dimension,
    @JsonProperty("combiner") @JsonSerialize(converter = Combiner.ToText.class)
        ImmutableSet<Combiner> combiner,
    @JsonProperty("mask_zero") boolean maskZero,
    @JsonProperty("l2_reg") float l2Reg,
    @JsonProperty("initializer") String initializer,
    @JsonProperty("trainable") boolean trainable,
    @JsonProperty("weights") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String weights) {

  private static final ImmutableSet<String> INITIALIZERS = ImmutableSet.of("uniform", "zeros");

  /**
   * @throws InvalidInputException naming the column and the field that is out of range
   */
  public FeatureColumn {
    require(name != null && !name.isEmpty(), "?", "name is missing");
    require(
        name.chars().noneMatch(c -> c == '/' || c < ' '), name, "name must not contain a slash");
    require(embDim > 0, name, "emb_dim is " + embDim + ", expected at least 1");
    require(
        type == ColumnType.DENSE || vocabSize > 0,
        name,
        "vocab_size is " + vocabSize + ", expected at least 1");
    require(maxLen > 0, name, "max_len is " + maxLen + ", expected at least 1");
    require(
        type == ColumnType.VARLEN_SPARSE || type == ColumnType.TEXT || maxLen == 1,
        name,
        "max_len is " + maxLen + " but the type is neither varlen_sparse nor text");
    require(
        type != ColumnType.TEXT || group.isEmpty(),
        name,
        "is in the groups " + group + ", but texts are read by name, and in no group");
    require(dimension > 0, name, "dimension is " + dimension + ", expected at least 1");
    require(
        type == ColumnType.DENSE || dimension == 1,
        name,
        "dimension is " + dimension + " but the type is not dense");
    require(
        type == ColumnType.VARLEN_SPARSE || !combiner.contains(Combiner.MHA),
        name,
        "combiner 'mha' needs a varlen_sparse column");
    require(
        combiner.stream().filter(Combiner::isPooling).count() <= 1,
        name,
        "combiner is '" + Combiner.format(combiner) + "', expected one way to pool a sequence");
    require(
        weights == null || (type == ColumnType.VARLEN_SPARSE && Combiner.takeWeights(combiner)),
        name,
        "weights are for a varlen_sparse column with the combiner sum, mean or sqrtn");
    require(l2Reg >= 0, name, "l2_reg is " + l2Reg + ", expected 0 or more");
    require(
        INITIALIZERS.contains(initializer),
        name,
        "initializer '"
            + initializer
            + "' is unknown"
            + SpellingHint.hint(String.valueOf(initializer), INITIALIZERS));
  }

  @JsonCreator
  static FeatureColumn fromJson(
      @JsonProperty("name") String name,
      @JsonProperty("emb_name") @Nullable String embName,
      @JsonProperty("emb_dim") @Nullable Integer embDim,
      @JsonProperty("vocab_size") @Nullable Integer vocabSize,
      @JsonProperty("group") @Nullable List<String> group,
      @JsonProperty("type") @Nullable ColumnType type,
      @JsonProperty("max_len") @Nullable Integer maxLen,
      @JsonProperty("dimension") @Nullable Integer dimension,
      @JsonProperty("combiner") @Nullable String combiner,
      @JsonProperty("mask_zero") @Nullable Boolean maskZero,
      @JsonProperty("l2_reg") @Nullable Float l2Reg,
      @JsonProperty("initializer") @Nullable String initializer,
      @JsonProperty("trainable") @Nullable Boolean trainable,
      @JsonProperty("weights") @Nullable String weights) {
    Combiner.requireWeights(name, combiner, weights != null);
    ColumnType actualType = type == null ? ColumnType.SPARSE : type;
    boolean sequence = actualType == ColumnType.VARLEN_SPARSE;
    return new FeatureColumn(
        name,
        embName == null ? name : embName,
        embDim == null ? 4 : embDim,
        vocabSize == null ? 0 : vocabSize,
        group == null ? ImmutableList.of() : ImmutableList.copyOf(group),
        actualType,
        maxLen == null ? 1 : maxLen,
        dimension == null ? 1 : dimension,
        Combiner.parse(name, combiner == null ? (sequence ? "mean" : "") : combiner),
        maskZero == null ? sequence : maskZero,
        l2Reg == null ? 0f : l2Reg,
        initializer == null ? "uniform" : initializer,
        trainable == null || trainable,
        weights);
  }

  /**
   * Reads a list of columns, as this library or the original implementation writes them: its
   * columns have {@code dtype} and {@code att_key_name}, too, and the first of a table decides
   * whether id 0 is padding.
   *
   * @param where how messages call it
   * @throws InvalidInputException naming the column and the key that is unknown or wrong
   */
  public static ImmutableList<FeatureColumn> list(JsonNode columns, String where) {
    return ColumnList.of(columns, where);
  }

  /** A sparse column: one id a row in [0, vocabSize), the table named like the column. */
  public static FeatureColumn sparse(String name, int vocabSize, int embDim, String... group) {
    return of(name, name, embDim, vocabSize, List.of(group), ColumnType.SPARSE, null, null);
  }

  /** A sequence of up to {@code maxLen} ids, averaged over the ids that are not 0. */
  public static FeatureColumn sequence(
      String name, String embName, int vocabSize, int embDim, int maxLen, String... group) {
    return of(
        name, embName, embDim, vocabSize, List.of(group), ColumnType.VARLEN_SPARSE, maxLen, null);
  }

  /** A dense column of {@code dimension} floats a row. */
  public static FeatureColumn dense(String name, int dimension, String... group) {
    return of(name, name, null, null, List.of(group), ColumnType.DENSE, null, dimension);
  }

  /**
   * A column of texts.
   *
   * @param width texts a row
   * @param texts how many texts a data set knows, the empty one among them; {@link
   *     Integer#MAX_VALUE} of a model, which takes any
   */
  public static FeatureColumn text(String name, int width, int texts) {
    return of(name, name, null, texts, null, ColumnType.TEXT, width, null);
  }

  private static FeatureColumn of(
      String name,
      String embName,
      @Nullable Integer embDim,
      @Nullable Integer vocabSize,
      @Nullable List<String> group,
      ColumnType type,
      @Nullable Integer maxLen,
      @Nullable Integer dimension) {
    return fromJson(
        name, embName, embDim, vocabSize, group, type, maxLen, dimension, null, null, null, null,
        null, null);
  }

  /** The same column in other groups. */
  public FeatureColumn withGroup(List<String> newGroup) {
    return with(ImmutableList.copyOf(newGroup), vocabSize, weights);
  }

  /** The same column with another number of ids. */
  public FeatureColumn withVocabSize(int ids) {
    return with(group, ids, weights);
  }

  /**
   * A sequence whose ids have weights.
   *
   * @param dense the dense column of the weights, whose dimension is the sequence's length
   */
  public FeatureColumn withWeights(String dense) {
    return with(group, vocabSize, dense);
  }

  private FeatureColumn with(ImmutableList<String> newGroup, int ids, @Nullable String newWeights) {
    return new FeatureColumn(
        name,
        embName,
        embDim,
        ids,
        newGroup,
        type,
        maxLen,
        dimension,
        combiner,
        maskZero,
        l2Reg,
        initializer,
        trainable,
        newWeights);
  }

  /** Whether rows keep ids for the column: all but a dense one. */
  @JsonIgnore
  public boolean isCategorical() {
    return type != ColumnType.DENSE;
  }

  /** Whether the column carries texts, which are no ids to a model. */
  @JsonIgnore
  public boolean isText() {
    return type == ColumnType.TEXT;
  }

  /** Whether its groups read the column; a sequence that nothing pools joins none. */
  @JsonIgnore
  public boolean joinsGroups() {
    return type != ColumnType.TEXT
        && (type != ColumnType.VARLEN_SPARSE || combiner.stream().anyMatch(Combiner::isPooling));
  }

  /** How the embeddings of a sequence become one vector; empty where nothing pools them. */
  @JsonIgnore
  public Optional<Combiner> pooling() {
    return combiner.stream().filter(Combiner::isPooling).findFirst();
  }

  /** Values a row: 1, {@code max_len} or {@code dimension}. */
  @JsonIgnore
  public int width() {
    return type == ColumnType.DENSE ? dimension : maxLen;
  }

  private static void require(boolean condition, String column, String problem) {
    if (!condition) {
      throw new InvalidInputException("feature column '" + column + "': " + problem);
    }
  }

  /** What a feature column holds. */
  @PublicApi
  public enum ColumnType {
    /** One id a row, [B, 1]. */
    @JsonProperty("sparse")
    SPARSE,
    /** Up to {@code max_len} ids a row, padded with 0, [B, max_len]. */
    @JsonProperty("varlen_sparse")
    VARLEN_SPARSE,
    /** {@code dimension} floats a row, [B, dimension]. */
    @JsonProperty("dense")
    DENSE,
    /**
     * {@code max_len} texts a row, [B, max_len], which the model itself looks up. Rows keep them as
     * ids of the data set's own vocabulary, where 0 is the empty text.
     */
    @JsonProperty("text")
    TEXT
  }

  /** How the embeddings of a sequence become the input of a network. */
  @PublicApi
  public enum Combiner {
    /** Mean over the ids that are not padding, weighted where ids have weights. */
    MEAN,
    /** Sum over the ids that are not padding, each times its weight. */
    SUM,
    /** The weighted sum divided by the root of the sum of the squared weights. */
    SQRTN,
    /** The largest value of each dimension over the ids that are not padding. */
    MAX,
    /** Handed to multi-head attention as a sequence; joins no group. */
    MHA;

    /** The mean of a column whose ids have weights, under the name of its own that many give it. */
    private static final String WEIGHTED_MEAN = "weighted_mean";

    private static final ImmutableSet<String> NAMES =
        ImmutableSet.of("mean", WEIGHTED_MEAN, "sum", "sqrtn", "max", "mha");

    /** Whether it makes one vector of a sequence, with which the column joins its groups. */
    public boolean isPooling() {
      return this != MHA;
    }

    /** The name in configurations. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether one of the combiners multiplies ids by weights. */
    public static boolean takeWeights(Collection<Combiner> combiners) {
      return combiners.stream().anyMatch(combiner -> combiner.isPooling() && combiner != MAX);
    }

    /** Whether combiners as {@link #parse} reads them are the mean that needs weights. */
    public static boolean isWeightedMean(@Nullable String text) {
      return text != null && names(text).contains(WEIGHTED_MEAN);
    }

    private static void requireWeights(String column, @Nullable String text, boolean weights) {
      require(weights || !isWeightedMean(text), column, "combiner 'weighted_mean' needs weights");
    }

    private static List<String> names(String text) {
      return Splitter.on(',').trimResults().omitEmptyStrings().splitToList(text);
    }

    /**
     * Parses one of {@code mean} (or {@code weighted_mean}), {@code sum}, {@code sqrtn} and {@code
     * max}, {@code mha}, both with a comma between, or nothing (a raw sequence).
     */
    public static ImmutableSet<Combiner> parse(String column, String text) {
      ImmutableSet.Builder<Combiner> combiners = ImmutableSet.builder();
      for (String name : names(text)) {
        switch (name) {
          case "mean", WEIGHTED_MEAN -> combiners.add(MEAN);
          case "sum" -> combiners.add(SUM);
          case "sqrtn" -> combiners.add(SQRTN);
          case "max" -> combiners.add(MAX);
          case "mha" -> combiners.add(MHA);
          default ->
              throw new InvalidInputException(
                  String.format(
                      "feature column '%s': combiner '%s' is unknown%s",
                      column, name, SpellingHint.hint(name, NAMES)));
        }
      }
      return combiners.build();
    }

    static String format(ImmutableSet<Combiner> combiners) {
      return String.join(",", combiners.stream().map(Combiner::key).toList());
    }

    /** Writes combiners as {@link #parse} reads them. */
    static final class ToText extends StdConverter<ImmutableSet<Combiner>, String> {
      @Override
      public String convert(ImmutableSet<Combiner> combiners) {
        return format(combiners);
      }
    }
  }
}
