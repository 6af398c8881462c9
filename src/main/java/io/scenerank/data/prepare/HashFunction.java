package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * By what texts become buckets. A data set keeps the one that it was prepared with, so that later
 * rows get the same buckets.
 */
enum HashFunction {
  /** The lower half of MD5, as data sets were prepared before; an exported graph has no MD5. */
  @JsonProperty("md5_number_lower")
  MD5_NUMBER_LOWER("md5_number_lower(%1$s) %% %2$d"),
  /** FarmHash's Fingerprint64 of the UTF-8 bytes, as TensorFlow's {@code to_hash_bucket_fast}. */
  @JsonProperty("farmhash_fingerprint64")
  FARMHASH_FINGERPRINT64(FingerprintFunction.NAME + "(%1$s, %2$d)");

  private final String remainder;

  HashFunction(String remainder) {
    this.remainder = remainder;
  }

  /** The bucket of a text, 1 to {@code buckets}, in SQL; 0 where it is missing. */
  String bucket(String text, int buckets) {
    return String.format(
        "CASE WHEN %s IS NULL THEN 0 ELSE %s + 1 END",
        text, String.format(Locale.ROOT, remainder, text, buckets));
  }
}
