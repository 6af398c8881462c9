package io.scenerank.train.experiment;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.model.ModelParams;
import io.scenerank.train.TrainingConfig;
import java.util.List;

/**
 * The keys that a setting of a model may have.
 *
 * @param params keys of {@code model_params}
 * @param training keys of {@code training}
 */
record SettingKeys(ImmutableSet<String> params, ImmutableSet<String> training) {
  static final String PARAMS = "model_params";
  static final String TRAINING = "training";

  /** The keys of a model with these parameters, other names of theirs too. */
  static SettingKeys of(ModelParams params, Class<? extends ModelParams> type) {
    ConfigMapper mapper = new ConfigMapper();
    return new SettingKeys(
        ImmutableSet.<String>builder()
            .addAll(mapper.toTree(params).fieldNames())
            .addAll(mapper.aliases(type).keySet())
            .build(),
        ImmutableSet.copyOf(mapper.toTree(TrainingConfig.defaults()).fieldNames()));
  }

  /** Whether the key is one of these, or one inside of {@code training}. */
  boolean has(String key) {
    List<String> path = split(key);
    return switch (path.get(0)) {
      case TRAINING -> true;
      case PARAMS -> path.size() == 1 || params.contains(path.get(1));
      default -> params.contains(path.get(0)) || training.contains(path.get(0));
    };
  }

  /**
   * The key's full path: {@code epochs} is {@code training}, {@code epochs}.
   *
   * @throws InvalidInputException with the nearest key if there is none of this name
   */
  ImmutableList<String> path(String key) {
    List<String> path = split(key);
    String head = path.get(0);
    if (head.equals(PARAMS) || head.equals(TRAINING)) {
      return ImmutableList.copyOf(path);
    }
    if (params.contains(head) || training.contains(head)) {
      return ImmutableList.<String>builder()
          .add(params.contains(head) ? PARAMS : TRAINING)
          .addAll(path)
          .build();
    }
    throw unknown(key);
  }

  /** Says that the key is none of these, and which is the nearest. */
  InvalidInputException unknown(String key) {
    List<String> path = split(key);
    boolean inside = path.get(0).equals(PARAMS) && path.size() > 1;
    return new InvalidInputException(
        "setting (--set): unknown key '"
            + key
            + "'"
            + (inside
                ? SpellingHint.hint(path.get(1), params)
                : SpellingHint.hint(path.get(0), Sets.union(params, training))));
  }

  /** These keys and the other's. */
  SettingKeys or(SettingKeys other) {
    return new SettingKeys(
        Sets.union(params, other.params).immutableCopy(),
        Sets.union(training, other.training).immutableCopy());
  }

  private static List<String> split(String key) {
    return Splitter.on('.').splitToList(key);
  }
}
