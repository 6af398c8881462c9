package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn;
import java.util.List;

/**
 * Parameters of {@link KerasGraph}.
 *
 * @param taskNames labels of the model's outputs, in their order
 * @param inputNames columns of the model's inputs, in their order
 * @param kerasJson the model's layers and calls, as {@code model.to_json()} returns them
 */
public record KerasGraphParams(
    ImmutableList<String> taskNames, ImmutableList<String> inputNames, String kerasJson)
    implements ModelParams {

  /** No model: a configuration has to name one. */
  static KerasGraphParams defaults(ImmutableList<String> taskNames) {
    return new KerasGraphParams(taskNames, ImmutableList.of(), "");
  }

  @Override
  public ModelInputs inputs() {
    return ModelInputs.groups(new String[0]);
  }

  @Override
  @JsonIgnore
  public ImmutableList<FeatureColumn> select(ImmutableList<FeatureColumn> columns) {
    ImmutableMap<String, FeatureColumn> byName = Maps.uniqueIndex(columns, FeatureColumn::name);
    ImmutableList.Builder<FeatureColumn> selected = ImmutableList.builder();
    for (String name : inputNames) {
      FeatureColumn column = byName.get(name);
      if (column == null) {
        throw new InvalidInputException(
            "input '"
                + name
                + "' has no feature column"
                + SpellingHint.hint(name, List.copyOf(byName.keySet())));
      }
      selected.add(column);
    }
    return selected.build();
  }
}
