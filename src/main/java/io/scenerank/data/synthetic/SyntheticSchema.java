package io.scenerank.data.synthetic;

import com.google.common.io.Resources;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The schema of the built-in data: KuaiRand's columns and a history of clicked videos. */
final class SyntheticSchema {
  private static final String RESOURCE = "schema.json";

  private SyntheticSchema() {}

  /**
   * @param source what {@link Schema#source} says
   */
  static Schema load(String source) {
    ConfigMapper mapper = new ConfigMapper();
    Schema schema = mapper.convert(mapper.parse(text(), RESOURCE), Schema.class, RESOURCE);
    return new Schema(
        schema.name(),
        source,
        schema.columns(),
        schema.tasks(),
        schema.scenario(),
        schema.userColumn(),
        schema.vocabularies());
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
