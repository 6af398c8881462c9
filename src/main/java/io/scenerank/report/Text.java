package io.scenerank.report;

/** A text between elements. */
record Text(String text) implements Node {
  private static final char REPLACEMENT = '\uFFFD';

  @Override
  public void write(StringBuilder out) {
    escape(text, out);
  }

  /** Writes a text so that no part of it is taken for markup. */
  static void escape(String text, StringBuilder out) {
    text.codePoints().forEach(letter -> escape(letter, out));
  }

  private static void escape(int letter, StringBuilder out) {
    switch (letter) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> out.appendCodePoint(isLetter(letter) ? letter : REPLACEMENT);
    }
  }

  /** Whether XML 1.0 may hold the code point. */
  private static boolean isLetter(int letter) {
    return letter == '\t'
        || letter == '\n'
        || letter == '\r'
        || (letter >= 0x20 && letter <= 0xD7FF)
        || (letter >= 0xE000 && letter <= 0xFFFD)
        || letter >= 0x10000;
  }
}
