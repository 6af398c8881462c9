package io.scenerank.report;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The look of the page, {@code report.css}, which the HTML contains unchanged. */
record Style(String css) implements Node {
  private static final String FILE = "report.css";

  Style {
    checkArgument(!css.contains("<") && !css.contains("&"), "%s holds markup", FILE);
  }

  static Style read() {
    try {
      return new Style(
          Resources.toString(Resources.getResource(Style.class, FILE), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(StringBuilder out) {
    out.append(css);
  }
}
