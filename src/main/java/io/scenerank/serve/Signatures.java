package io.scenerank.serve;

import io.scenerank.PublicApi;

/** Names of the signatures that an export has. */
@PublicApi
public final class Signatures {
  /** One input a feature, as ids and dense values. Keras' and TF Serving's own default. */
  public static final String SERVING_DEFAULT = "serving_default";

  /** All ids side by side and all dense values side by side. */
  public static final String PACKED = "packed";

  /** One input a raw column. */
  public static final String RAW = "raw";

  private Signatures() {}
}
