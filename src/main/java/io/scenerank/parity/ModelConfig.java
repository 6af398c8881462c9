package io.scenerank.parity;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

/** The {@code config} of a model's case. */
record ModelConfig(
    @JsonProperty("feature_columns") JsonNode featureColumns,
    @JsonProperty("model") String model,
    @JsonProperty("model_params") JsonNode modelParams,
    @JsonProperty("training") JsonNode training) {}
