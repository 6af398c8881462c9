package io.scenerank.feature;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.scenerank.PublicApi;

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
