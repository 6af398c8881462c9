package io.scenerank.savedmodel;

import io.scenerank.layer.TensorFlowErrors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what an exported graph says of a wrong id in TensorFlow's wording of the failure. */
final class VocabularyMessage {
  private static final Pattern OURS =
      Pattern.compile("feature '.*', row \\d+: id -?\\d+ is outside \\[0, \\d+\\)");

  private VocabularyMessage() {}

  static String of(RuntimeException e) {
    String text = String.valueOf(e.getMessage());
    Matcher ours = OURS.matcher(text);
    return ours.find() ? ours.group() : TensorFlowErrors.firstLine(e);
  }
}
