package io.scenerank.feature;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the labels of tasks are: of which type, whether rows may lack them, and which column weights
 * them. A task about which nothing is said is {@link Target#BINARY}.
 *
 * @param byTask the tasks that differ from the default
 */
@JsonDeserialize(converter = Targets.FromTasks.class)
public record Targets(@JsonValue ImmutableMap<String, Target> byTask) {
  /** Every task is binary and has a label in each row, which counts once. */
  public static final Targets NONE = new Targets(ImmutableMap.of());

  /** What a task predicts. */
  public enum TaskType {
    /** The probability that the label is 1; labels are 0 or 1. */
    @JsonProperty("binary")
    BINARY("binary", "0 or 1"),
    /** A number; labels are finite. */
    @JsonProperty("regression")
    REGRESSION("regression", "a finite number"),
    /** The mean of a count; labels are 0 or more. */
    @JsonProperty("count")
    COUNT("count", "a finite number of 0 or more");

    private final String key;
    private final String expected;

    TaskType(String key, String expected) {
      this.key = key;
      this.expected = expected;
    }

    /** The name in configurations. */
    public String key() {
      return key;
    }

    private String expected() {
      return expected;
    }

    private boolean takes(double label) {
      return switch (this) {
        case BINARY -> label == 0 || label == 1;
        case REGRESSION -> Float.isFinite((float) label);
        case COUNT -> label >= 0 && Float.isFinite((float) label);
      };
    }
  }

  /** Another scale on which a number is learned. */
  public enum Transform {
    /** {@code ln(1 + label)}; scores are on the scale of the labels again. */
    @JsonProperty("log1p")
    LOG1P
  }

  /**
   * What the label of one task is.
   *
   * @param type what it predicts
   * @param transform of a regression, the scale on which it is learned; labels are then above -1
   * @param mayMiss whether rows may lack the label; such a row counts for no loss and no metric of
   *     the task
   * @param weight the column with the weights of the task's rows; they are finite and 0 or more
   */
  @JsonInclude(JsonInclude.Include.NON_DEFAULT)
  public record Target(
      @JsonProperty("type") TaskType type,
      @JsonProperty("transform") @Nullable Transform transform,
      @JsonProperty("may_miss") boolean mayMiss,
      @JsonProperty("sample_weight") @Nullable String weight) {
    /** A click: 0 or 1 in every row. */
    public static final Target BINARY = new Target(TaskType.BINARY, null, false, null);

    /** What a sample weight has to be: the same as a count. */
    public static final Target WEIGHT = new Target(TaskType.COUNT, null, false, null);

    /**
     * @throws InvalidInputException if the transform is for another type
     */
    public Target {
      if (transform != null && type != TaskType.REGRESSION) {
        throw new InvalidInputException(
            "transform is for a task of type regression, found " + type.key());
      }
    }

    @JsonCreator
    static Target fromJson(
        @JsonProperty("type") @Nullable TaskType type,
        @JsonProperty("transform") @Nullable Transform transform,
        @JsonProperty("may_miss") @Nullable Boolean mayMiss,
        @JsonProperty("sample_weight") @Nullable String weight) {
      return new Target(
          type == null ? TaskType.BINARY : type, transform, mayMiss != null && mayMiss, weight);
    }

    /** Whether models predict the same of both: labels that miss and weights are the rows'. */
    public boolean predictsAs(Target other) {
      return type == other.type && transform == other.transform;
    }

    /** Whether a label is what it has to be; NaN means that the row has none. */
    public boolean takes(double label) {
      return Double.isNaN(label) ? mayMiss : type.takes(label) && (transform == null || label > -1);
    }

    /** What is predicted, for messages. */
    public String text() {
      return transform == null ? type.key() : type.key() + " of log1p";
    }

    /** What a label has to be, for messages. */
    public String expected() {
      return transform == null ? type.expected() : type.expected() + " above -1, for log1p";
    }
  }

  /** What Jackson reads. */
  static final class FromTasks extends StdConverter<Map<String, Target>, Targets> {
    @Override
    public Targets convert(Map<String, Target> byTask) {
      return of(byTask);
    }
  }

  /** Of tasks; what is the default is left out. */
  public static Targets of(Map<String, Target> byTask) {
    ImmutableMap.Builder<String, Target> others = ImmutableMap.builder();
    byTask.forEach(
        (task, target) -> {
          if (!target.equals(Target.BINARY)) {
            others.put(task, target);
          }
        });
    return new Targets(others.buildOrThrow());
  }

  /** What the label of a task is. */
  public Target of(String task) {
    return byTask.getOrDefault(task, Target.BINARY);
  }

  /** What a task predicts. */
  public TaskType typeOf(String task) {
    return of(task).type();
  }

  /** Whether rows may lack the label of a task. */
  public boolean mayMiss(String task) {
    return of(task).mayMiss();
  }

  /** Whether the rows of a task have weights. */
  public boolean isWeighted(String task) {
    return of(task).weight() != null;
  }

  /** The columns of weights, each once, in the order of the tasks. */
  public ImmutableList<String> weightColumns(Collection<String> tasks) {
    return tasks.stream()
        .map(task -> of(task).weight())
        .filter(Objects::nonNull)
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  /** Whether rows of some of the tasks count otherwise than once. */
  public boolean areWeighed(Collection<String> tasks) {
    return tasks.stream().anyMatch(task -> mayMiss(task) || isWeighted(task));
  }

  /** What is said about these tasks. */
  public Targets only(Collection<String> tasks) {
    return new Targets(ImmutableMap.copyOf(Maps.filterKeys(byTask, tasks::contains)));
  }

  /** Whether nothing is said about any task. */
  public boolean isEmpty() {
    return byTask.isEmpty();
  }

  /**
   * Checks that all of this is about tasks that there are.
   *
   * @throws InvalidInputException naming one that there is not
   */
  void requireTasks(Collection<String> tasks) {
    byTask
        .keySet()
        .forEach(
            task -> {
              if (!tasks.contains(task)) {
                throw new InvalidInputException(
                    "targets: unknown task '" + task + "', expected one of " + tasks);
              }
            });
  }
}
