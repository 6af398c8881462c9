package io.scenerank.export;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TString;

/** What becomes of raw texts before they are looked up, in the ops of a graph. */
final class RawTexts {
  /** Unicode's blanks: what DuckDB's trim() cuts off, and no more. */
  private static final String BLANKS = "[\\p{Zs}\\t\\n\\r]+";

  private final Ops tf;

  RawTexts(Ops tf) {
    this.tf = tf;
  }

  /**
   * Texts without blanks at their ends, a tab or line break in them a blank. The shape stays.
   *
   * @param missing texts that mean a missing value: they become empty
   */
  Operand<TString> clean(Operand<TString> texts, ImmutableList<String> missing) {
    Operand<TString> lines = replace(trim(texts), "[\\t\\n\\r]", " ");
    return missing.isEmpty()
        ? lines
        : replace(
            lines,
            missing.stream().map(RawTexts::quoted).collect(Collectors.joining("|", "^(?:", ")$")),
            "");
  }

  /** Texts without blanks at their ends. */
  Operand<TString> trim(Operand<TString> texts) {
    return replace(texts, "^" + BLANKS + "|" + BLANKS + "$", "");
  }

  /** Texts of one meaning in one spelling. */
  Operand<TString> spell(Operand<TString> texts, Spelling spelling) {
    return switch (spelling) {
      case AS_WRITTEN -> texts;
      case INTEGER -> replace(texts, "^(0|-?[1-9][0-9]*)\\.0*$", "\\1");
      case BOOLEAN ->
          replace(
              replace(
                  replace(texts, "^[Tt][Rr][Uu][Ee]$", "true"), "^[Ff][Aa][Ll][Ss][Ee]$", "false"),
              "^nan$",
              "");
    };
  }

  private Operand<TString> replace(Operand<TString> texts, String pattern, String replacement) {
    return tf.strings.staticRegexReplace(texts, pattern, replacement);
  }

  /** The text as a regular expression of RE2 that fits nothing else. */
  private static String quoted(String text) {
    return text.replaceAll("([^\\p{L}\\p{M}\\p{N}_\\x{80}-\\x{10FFFF}])", "\\\\$1");
  }
}
