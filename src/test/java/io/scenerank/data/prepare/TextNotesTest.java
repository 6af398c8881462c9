package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.RawData.GuessedDescription;
import io.scenerank.model.Models;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guess says of texts that may be more than texts. */
class TextNotesTest {
  @TempDir private Path temp;

  @Test
  void marksAndListsThatNobodyCanBeSureOf() throws Exception {
    StringBuilder rows = new StringBuilder("user_id,tab,click,city,genres,colours,title,sizes\n");
    String[] parts = {"Drama", "Comedy", "Action", "War"};
    for (int i = 0; i < 40; i++) {
      String pair = parts[i % 4] + "&" + parts[i / 4 % 4];
      rows.append(
          String.format(
              "u%d,%d,%d,%s,%s,\"%s, %s\",film number%s,\"{%d,%d}\"%n",
              i % 7,
              i % 2,
              i % 3 == 0 ? 1 : 0,
              i % 9 == 0 ? "?" : "Oslo" + i % 5,
              pair,
              parts[i % 4],
              parts[i / 4 % 4],
              (char) ('A' + i % 26),
              i % 5,
              i % 3));
    }
    Path file = Files.writeString(temp.resolve("raw.csv"), rows);
    GuessedDescription guess =
        new Guess(
                new PrepareOptions(new DuckDbOptions(2), "", (step, done, total, unit) -> {}),
                Models.standard().groups())
            .of(SourceFiles.find(file.toString(), temp), CsvDescription.DEFAULT);
    assertThat(guess.notes())
        .containsExactly(
            "'city' is '?' in some rows: if that means a missing value, add it to missing_values",
            "'genres' may hold several values with '&' between them, which occur in other rows too:"
                + " if so, it is type: sequence, delimiter: '&'",
            "'colours' may hold several values with ', ' between them, which occur in other rows"
                + " too: if so, it is type: sequence, delimiter: ', '");
    assertThat(guess.yaml()).contains("- {name: sizes, type: sequence");
  }
}
