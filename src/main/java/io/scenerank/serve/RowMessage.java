package io.scenerank.serve;

import io.scenerank.feature.PackedLayout;
import io.scenerank.variable.TensorFlowErrors;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what an exported graph says of a wrong id or dense value in TensorFlow's wording of the
 * failure.
 */
final class RowMessage {
  private static final Pattern OURS =
      Pattern.compile(
          "feature '.*', row \\d+: (id -?\\d+ is outside \\[0, \\d+\\)|found \\S+, expected "
              + Pattern.quote(PackedLayout.FINITE)
              + ")");

  private RowMessage() {}

  static String of(RuntimeException e) {
    Matcher ours = OURS.matcher(unescape(String.valueOf(e.getMessage())));
    return ours.find() ? ours.group() : TensorFlowErrors.firstLine(e);
  }

  /** TensorFlow prints strings with quotes as {@code \'} and bytes beyond ASCII in octal. */
  private static String unescape(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher escape = Pattern.compile("\\\\(?:([0-3][0-7]{2})|(['\"\\\\]))").matcher(text);
    int from = 0;
    while (escape.find()) {
      bytes.writeBytes(text.substring(from, escape.start()).getBytes(StandardCharsets.UTF_8));
      if (escape.group(1) == null) {
        bytes.write(escape.group(2).charAt(0));
      } else {
        bytes.write(Integer.parseInt(escape.group(1), 8));
      }
      from = escape.end();
    }
    bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
