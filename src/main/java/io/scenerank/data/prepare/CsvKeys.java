package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import org.jspecify.annotations.Nullable;

/** The keys of what describes CSV files, as they are written; defaults are left out. */
interface CsvKeys {
  /** What the keys say. */
  CsvDescription csv();

  @JsonProperty("delimiter")
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  default String delimiter() {
    return csv().delimiter();
  }

  /** False where the first line is a row; else null, which is not written. */
  @JsonProperty("header")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  default @Nullable Boolean header() {
    return csv().header() ? null : false;
  }

  @JsonProperty("quote")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  default @Nullable String quote() {
    return csv().quote();
  }

  @JsonProperty("escape")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  default @Nullable String escape() {
    return csv().escape();
  }

  @JsonProperty("names")
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  default ImmutableList<String> csvNames() {
    return csv().names();
  }
}
