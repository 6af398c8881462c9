package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Functional;
import io.scenerank.model.ModelParams.ModelInputs;
import java.util.List;

/**
 * A model of any layers, as Keras wrote it: its inputs are columns, its outputs tasks.
 *
 * <p>Source: Keras' functional and sequential models.
 */
public final class KerasGraph {
  /** The name in configurations. */
  public static final String NAME = "keras";

  private KerasGraph() {}

  /**
   * The registry's entry.
   *
   * @param types the layers that a model may have
   */
  public static ModelType<KerasGraphParams> type(LayerTypes types) {
    return ModelType.<KerasGraphParams>planned(
            NAME,
            KerasGraphParams.class,
            KerasGraphParams::defaults,
            (params, columns, targets, layers) -> read(layers, params))
        .withLayers(types);
  }

  /** The entry of one model, which does not depend on the parameters. */
  public static ModelType<KerasGraphParams> typeOf(Functional model) {
    return ModelType.planned(
        NAME,
        KerasGraphParams.class,
        KerasGraphParams::defaults,
        (params, columns, targets, layers) -> model);
  }

  /** The layers that a definition's model may have. */
  public static LayerTypes typesOf(ModelDefinition<?> definition) {
    return definition.type().layers();
  }

  /**
   * The model of some parameters.
   *
   * @throws InvalidInputException if it needs what is not computed here
   */
  public static Functional read(LayerTypes types, KerasGraphParams params) {
    String where = "model_params.keras_json";
    if (params.kerasJson().isEmpty()) {
      throw new InvalidInputException(where + " is missing, expected the JSON of a Keras model");
    }
    return ModelReader.read(
        types, new ConfigMapper().parsePython(params.kerasJson(), where), where);
  }

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
    public boolean endsAnyLabels() {
      return true;
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
}
