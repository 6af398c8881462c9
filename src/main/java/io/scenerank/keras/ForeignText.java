package io.scenerank.keras;

/** Text of files that others wrote, as it is shown in messages. */
final class ForeignText {
  private static final int SHOWN = 80;

  private ForeignText() {}

  /** One line of at most 80 characters: a broken file may hold megabytes. */
  static String shown(String text) {
    String start = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return start.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\u0085]", "?");
  }
}
