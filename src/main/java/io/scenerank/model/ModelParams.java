package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.Combiner;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The typed parameters of a model; a record whose components are the keys of {@code model_params},
 * in snake case.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@PublicApi
public interface ModelParams {
  /** The tasks, in the order of the outputs. */
  ImmutableList<String> taskNames();

  /** What the model reads of the feature columns. */
  @JsonIgnore
  ModelInputs inputs();

  /** Whether the outputs are what they are for labels of every type, as those of a Keras model. */
  @JsonIgnore
  default boolean endsAnyLabels() {
    return false;
  }

  /**
   * The columns that are read, in the model's order.
   *
   * @param columns the columns that there are
   * @throws io.scenerank.config.InvalidInputException if a group or a column that is needed is not
   *     there
   */
  @JsonIgnore
  default ImmutableList<FeatureColumn> select(ImmutableList<FeatureColumn> columns) {
    return inputs().select(columns);
  }

  /** The activations of the library's models, under Keras' names. */
  enum Activation {
    /** The identity; {@code none} where Keras' code says {@code None}. */
    @JsonProperty("linear")
    @JsonAlias("none")
    LINEAR,
    @JsonProperty("relu")
    RELU,
    /** Slope 0.2 below zero. */
    @JsonProperty("leaky_relu")
    LEAKY_RELU,
    @JsonProperty("sigmoid")
    SIGMOID,
    @JsonProperty("tanh")
    TANH,
    @JsonProperty("elu")
    ELU,
    @JsonProperty("selu")
    SELU,
    /** The exact form. */
    @JsonProperty("gelu")
    GELU,
    @JsonProperty("silu")
    @JsonAlias("swish")
    SILU,
    @JsonProperty("mish")
    MISH,
    @JsonProperty("relu6")
    RELU6,
    @JsonProperty("softplus")
    SOFTPLUS,
    @JsonProperty("softsign")
    SOFTSIGN,
    @JsonProperty("exponential")
    EXPONENTIAL,
    /** Keras' PReLU: a learned slope for each value of a row. */
    @JsonProperty("prelu")
    PRELU,
    /**
     * A slope that depends on the batch. Source: Deep Interest Network (Zhou et al., 2018), section
     * 5.3.
     */
    @JsonProperty("dice")
    DICE;

    /** The name in Keras. */
    public String kerasName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a model reads of the feature columns.
   *
   * @param groups groups whose columns stand side by side in one input; each needs a column
   * @param optionalGroups groups of the same kind that may have no column
   * @param leading a group of which the first column alone is read
   * @param condition a group of which the first column alone is read, as the condition of generated
   *     weights
   * @param columns columns that are read by name
   * @param sequences whether every sequence with the combiner {@code mha} is read, with any groups
   * @param linearLogits whether the linear logits of the group {@code linear} are read
   */
  record ModelInputs(
      ImmutableSet<String> groups,
      ImmutableSet<String> optionalGroups,
      Optional<GroupKey> leading,
      Optional<GroupKey> condition,
      Optional<ColumnsKey> columns,
      boolean sequences,
      boolean linearLogits) {
    /** The group of the linear logits. */
    static final String LINEAR = "linear";

    /** A group and the key of {@code model_params} that names it. */
    public record GroupKey(String key, String group) {}

    /** Columns and the key of {@code model_params} that names them. */
    public record ColumnsKey(String key, ImmutableList<String> names) {}

    /** Reads these groups. */
    public static ModelInputs groups(String... groups) {
      return new ModelInputs(
          ImmutableSet.copyOf(groups),
          ImmutableSet.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          false);
    }

    public ModelInputs optionalGroup(String group) {
      return new ModelInputs(
          groups, ImmutableSet.of(group), leading, condition, columns, sequences, linearLogits);
    }

    public ModelInputs leading(String key, String group) {
      Optional<GroupKey> named = Optional.of(new GroupKey(key, group));
      return new ModelInputs(
          groups, optionalGroups, named, condition, columns, sequences, linearLogits);
    }

    public ModelInputs condition(String key, String group) {
      Optional<GroupKey> named = Optional.of(new GroupKey(key, group));
      return new ModelInputs(
          groups, optionalGroups, leading, named, columns, sequences, linearLogits);
    }

    public ModelInputs columns(String key, ImmutableList<String> names) {
      Optional<ColumnsKey> named = Optional.of(new ColumnsKey(key, names));
      return new ModelInputs(
          groups, optionalGroups, leading, condition, named, sequences, linearLogits);
    }

    public ModelInputs withSequences() {
      return new ModelInputs(
          groups, optionalGroups, leading, condition, columns, true, linearLogits);
    }

    public ModelInputs linearLogits(boolean linear) {
      return new ModelInputs(
          groups, optionalGroups, leading, condition, columns, sequences, linear);
    }

    /** Names of all groups of which something is read. */
    ImmutableSet<String> groupNames() {
      ImmutableSet.Builder<String> names =
          ImmutableSet.<String>builder().addAll(groups).addAll(optionalGroups).add(LINEAR);
      Stream.of(leading, condition)
          .flatMap(Optional::stream)
          .map(GroupKey::group)
          .forEach(names::add);
      return names.build();
    }

    /**
     * The columns that are read, in their order.
     *
     * @throws InvalidInputException if a group or a column that is needed is not there
     */
    ImmutableList<FeatureColumn> select(ImmutableList<FeatureColumn> all) {
      requireGroups(all);
      columns.ifPresent(named -> named.names().forEach(name -> requireColumn(named, name, all)));
      if (linearLogits && all.stream().noneMatch(this::isLinear)) {
        throw new InvalidInputException(
            "linear_logits is true but no feature column is in the group '" + LINEAR + "'");
      }
      ImmutableSet<FeatureColumn> single = single(all);
      Optional<FeatureColumn> ofCondition = condition.flatMap(named -> first(named.group(), all));
      ImmutableSet<FeatureColumn> read =
          all.stream()
              .filter(
                  column ->
                      single.contains(column)
                          || ofCondition.filter(column::equals).isPresent()
                          || isSequence(column)
                          || isLinear(column)
                          || !groupsOf(column).isEmpty())
              .collect(ImmutableSet.toImmutableSet());
      return all.stream()
          .filter(column -> read.contains(column) || isWeightOf(column, read))
          .collect(ImmutableList.toImmutableList());
    }

    private static boolean isWeightOf(FeatureColumn column, Set<FeatureColumn> read) {
      return read.stream().anyMatch(weighted -> column.name().equals(weighted.weights()));
    }

    /** The columns that are read on their own, a value for each row. */
    ImmutableSet<FeatureColumn> single(List<FeatureColumn> all) {
      ImmutableSet.Builder<FeatureColumn> single = ImmutableSet.builder();
      leading.flatMap(named -> first(named.group(), all)).ifPresent(single::add);
      all.stream()
          .filter(
              column -> columns.stream().anyMatch(named -> named.names().contains(column.name())))
          .forEach(single::add);
      return single.build();
    }

    private void requireGroups(List<FeatureColumn> all) {
      for (String group : groups) {
        if (first(group, all).isEmpty()) {
          throw new InvalidInputException("no feature column is in the group '" + group + "'");
        }
      }
      for (GroupKey named : Stream.of(leading, condition).flatMap(Optional::stream).toList()) {
        if (first(named.group(), all).isEmpty()) {
          throw new InvalidInputException(
              named.key() + ": no feature column is in the group '" + named.group() + "'");
        }
      }
    }

    private static void requireColumn(ColumnsKey named, String name, List<FeatureColumn> all) {
      FeatureColumn column =
          all.stream()
              .filter(candidate -> candidate.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          named.key()
                              + ": feature column '"
                              + name
                              + "' is unknown"
                              + SpellingHint.hint(
                                  name, all.stream().map(FeatureColumn::name).toList())));
      if (!column.joinsGroups()) {
        throw new InvalidInputException(
            named.key()
                + ": feature column '"
                + name
                + "' is a sequence that no combiner pools, expected one embedding for each"
                + " row");
      }
    }

    /** The first column of a group. */
    static Optional<FeatureColumn> first(String group, List<FeatureColumn> all) {
      return all.stream()
          .filter(column -> column.joinsGroups() && column.group().contains(group))
          .findFirst();
    }

    /** Those of the concatenated groups that the column joins. */
    ImmutableSet<String> groupsOf(FeatureColumn column) {
      return column.joinsGroups()
          ? Sets.intersection(
                  ImmutableSet.copyOf(column.group()), Sets.union(groups, optionalGroups))
              .immutableCopy()
          : ImmutableSet.of();
    }

    boolean isSequence(FeatureColumn column) {
      return sequences && column.combiner().contains(Combiner.MHA);
    }

    boolean isLinear(FeatureColumn column) {
      return linearLogits && column.joinsGroups() && column.group().contains(LINEAR);
    }
  }
}
