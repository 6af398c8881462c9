package io.scenerank.server;

import com.google.common.base.Strings;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path of TF Serving's REST: {@code /v1/models/NAME[/versions/V|/labels/L][/metadata|:METHOD]}.
 *
 * @param method what follows the colon, or "metadata"; empty for the status
 */
record ModelPath(String model, VersionChoice version, String method) {
  static final String METADATA = "metadata";

  private static final Pattern FORM =
      Pattern.compile(
          "/v1/models/(?<model>[^/:]+)"
              + "(?:/versions/(?<version>\\d{1,18})|/labels/(?<label>[^/:]+))?"
              + "(?:/(?<metadata>metadata)|:(?<method>[^/:]+))?");

  /** Reads a path without its query; empty if it has another form. */
  static Optional<ModelPath> parse(String path) {
    Matcher matcher = FORM.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String metadata = Strings.nullToEmpty(matcher.group("metadata"));
    return Optional.of(
        new ModelPath(
            matcher.group("model"),
            choice(matcher.group("version"), matcher.group("label")),
            metadata + Strings.nullToEmpty(matcher.group("method"))));
  }

  private static VersionChoice choice(@Nullable String version, @Nullable String label) {
    if (version != null) {
      return VersionChoice.number(Long.parseLong(version));
    }
    return label == null ? VersionChoice.current() : VersionChoice.label(label);
  }
}
