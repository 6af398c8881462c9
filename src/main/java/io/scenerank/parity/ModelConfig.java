package io.scenerank.parity;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.feature.Targets;
import org.jspecify.annotations.Nullable;

/** The {@code config} of a model's case. */
record ModelConfig(
    @JsonProperty("feature_columns") @Nullable JsonNode featureColumns,
    @JsonProperty("model") @Nullable String model,
    @JsonProperty("model_params") @Nullable JsonNode modelParams,
    @JsonProperty("targets") @Nullable Targets targets,
    @JsonProperty("training") @Nullable JsonNode training) {}
