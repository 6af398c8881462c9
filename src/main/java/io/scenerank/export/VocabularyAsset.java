package io.scenerank.export;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import io.scenerank.feature.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file below {@code assets} from which a lookup table is filled: a value, a tab and its id a
 * line.
 *
 * @param fileName name of the file
 * @param content its text
 */
record VocabularyAsset(String fileName, String content) {
  static final String DELIMITER = "\t";

  static VocabularyAsset of(Vocabulary vocabulary, String fileName) {
    StringBuilder lines = new StringBuilder();
    vocabulary
        .ids()
        .forEach((value, id) -> lines.append(value).append(DELIMITER).append(id).append('\n'));
    return new VocabularyAsset(fileName, lines.toString());
  }

  /** The bits of numbers and their ids. */
  static VocabularyAsset ofNumbers(ImmutableMap<Double, Integer> ids, String fileName) {
    StringBuilder lines = new StringBuilder();
    ids.forEach(
        (number, id) ->
            lines
                .append(Double.doubleToLongBits(number))
                .append(DELIMITER)
                .append(id)
                .append('\n'));
    return new VocabularyAsset(fileName, lines.toString());
  }

  /** A text that two contents hardly share. */
  String fingerprint() {
    return Hashing.sha256().hashString(content, StandardCharsets.UTF_8).toString();
  }

  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(fileName), content);
  }
}
