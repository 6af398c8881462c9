package io.scenerank.data.synthetic;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import io.scenerank.config.ConfigMapper;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The schema of the built-in data: KuaiRand's columns and a history of clicked videos. */
final class SyntheticSchema {
  private static final String RESOURCE = "schema.json";

  private SyntheticSchema() {}

  /** The schema of the data that is generated with this seed. */
  static Schema load(long rows, long seed) {
    ConfigMapper mapper = new ConfigMapper();
    Schema schema = mapper.convert(mapper.parse(text(), RESOURCE), Schema.class, RESOURCE);
    return schema
        .withSource(String.format(Locale.ROOT, "synthetic, rows %d, seed %d", rows, seed))
        .withFingerprint(fingerprint(schema, seed));
  }

  /** The seed decides who a user and what a video is; the number of rows does not. */
  private static EncodingFingerprint fingerprint(Schema schema, long seed) {
    String encoding =
        Hashing.sha256().hashString("synthetic, seed " + seed, StandardCharsets.UTF_8).toString();
    return new EncodingFingerprint(
        schema.layout().columns().stream()
            .collect(
                ImmutableMap.toImmutableMap(
                    FeatureColumn::name,
                    column -> new EncodingFingerprint.Column(column.embName(), null, encoding))));
  }

  private static String text() {
    try {
      return Resources.toString(
          Resources.getResource(SyntheticSchema.class, RESOURCE), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
