package io.scenerank.data.prepare;

import java.util.Optional;

/**
 * What is made of a column's form.
 *
 * @param format how it is read
 * @param note what people should not miss
 * @param refused why no feature can read it
 */
record FormatChoice(Optional<ValueFormat> format, Optional<String> note, Optional<String> refused) {
  static final FormatChoice NONE =
      new FormatChoice(Optional.empty(), Optional.empty(), Optional.empty());

  static FormatChoice of(FormTest test) {
    return new FormatChoice(
        Optional.of(new ValueFormat(test.format())), Optional.empty(), Optional.empty());
  }

  static FormatChoice noted(String note) {
    return new FormatChoice(Optional.empty(), Optional.of(note), Optional.empty());
  }

  FormatChoice and(String line) {
    return new FormatChoice(format, Optional.of(line), refused);
  }

  static FormatChoice refused(String why) {
    return new FormatChoice(Optional.empty(), Optional.of("is left out: " + why), Optional.of(why));
  }
}
