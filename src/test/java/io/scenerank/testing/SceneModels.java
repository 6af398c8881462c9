package io.scenerank.testing;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.PackedRows;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;

/** A data set whose every column each model but PEPNet reads, and small models over it. */
public final class SceneModels {
  /** The tasks. */
  public static final ImmutableList<String> TASKS = SmallModel.TASKS;

  /** In the order of {@link SmallModel#COLUMNS}, whose rows they share. */
  public static final ImmutableList<FeatureColumn> COLUMNS =
      ImmutableList.of(
          FeatureColumn.sparse("user", 7, 4, "dnn", "mmoe", "user", "linear"),
          FeatureColumn.dense("age", 1, "dnn", "mmoe", "linear"),
          FeatureColumn.sparse("scene", 3, 2, "domain", "dnn", "mmoe"),
          column(
              "{name: history, emb_name: item, vocab_size: 11, type: varlen_sparse, max_len: 3,"
                  + " combiner: 'mean,mha', group: [dnn, mmoe, linear]}"),
          FeatureColumn.dense("vector", 2, "dnn", "mmoe", "linear"),
          FeatureColumn.sparse("item", 11, 4, "dnn", "mmoe", "linear"));

  /** Small parameters without dropout. */
  private static final ImmutableMap<String, String> SMALL =
      ImmutableMap.of(
          "apg", "{apg_dnn_units: [6, 4], mf_k: 2, mf_p: 3, dropout: 0}",
          "m2m",
              "{num_experts: 2, view_dim: 3, scenario_dim: 2, meta_unit_depth: 2,"
                  + " meta_tower_depth: 2, dropout: 0}",
          "mmoe",
              "{expert_nums: 2, expert_dnn_units: [5, 3], gate_dnn_units: [4],"
                  + " task_tower_dnn_units: [3], dropout_rate: 0}",
          "shared_bottom",
              "{bottom_dnn_units: [6, 4], task_tower_dnn_units: [3], use_bn: true,"
                  + " dropout_rate: 0}");

  private SceneModels() {}

  /** The models. */
  public static ImmutableList<ModelType<?>> types() {
    return ImmutableList.of(Models.APG, Models.M2M, Models.MMOE, Models.SHARED_BOTTOM);
  }

  /** Schema of {@link #rows}. */
  public static Schema schema() {
    return SmallModel.schema("scenes", COLUMNS, TASKS);
  }

  /** A column of these keys, as a YAML file has them. */
  public static FeatureColumn column(String yaml) {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.convert(mapper.parseScalar(yaml, "test"), FeatureColumn.class, "test");
  }

  /** The defaults with these keys put over them, as a YAML file has them. */
  public static <P extends ModelParams> P params(ModelType<P> type, String yaml) {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.merge(
        type.defaults(TASKS), type.paramsType(), mapper.parseScalar(yaml, "test"), "model_params");
  }

  /** A model over {@link #COLUMNS}. */
  public static <P extends ModelParams> ModelDefinition<P> definition(
      ModelType<P> type, String yaml) {
    return new ModelDefinition<>(type, params(type, yaml), COLUMNS);
  }

  /** A model of a few hundred numbers over {@link #COLUMNS}, without dropout. */
  public static <P extends ModelParams> ModelDefinition<P> small(ModelType<P> type) {
    return definition(type, SMALL.get(type.name()));
  }

  /** {@link #small} with these keys put over it. */
  public static <P extends ModelParams> ModelDefinition<P> small(ModelType<P> type, String yaml) {
    ConfigMapper mapper = new ConfigMapper();
    P params =
        mapper.merge(
            small(type).params(),
            type.paramsType(),
            mapper.parseScalar(yaml, "test"),
            "model_params");
    return new ModelDefinition<>(type, params, COLUMNS);
  }

  /** Rows whose labels have to do with user and item. */
  public static PackedRows rows(int count, long seed) {
    return SmallModel.rows(schema(), count, seed);
  }
}
