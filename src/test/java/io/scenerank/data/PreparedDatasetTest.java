package io.scenerank.data;

import static io.scenerank.data.Fixtures.dump;
import static io.scenerank.data.Fixtures.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedDatasetTest {
  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    folder = temp.resolve("data");
    Fixtures.writeDataset(folder, 45_000, 300);
  }

  @Test
  void readsWhatWasWritten() {
    PreparedDataset data = PreparedDataset.open(folder);
    assertThat(data.schema()).isEqualTo(Fixtures.schema());
    assertThat(dump(data.test())).isEqualTo(dump(rows(300)));
    assertThat(data.train().size()).isEqualTo(45_000);
    assertThat(data.train().hasProbabilities()).isFalse();
    assertThat(folder).isDirectoryNotContaining("glob:**spill*");
  }

  @Test
  void orderDoesNotDependOnThreads() {
    PackedRows one = PreparedDataset.open(folder, new DuckDbOptions(1)).train();
    PackedRows four = PreparedDataset.open(folder, new DuckDbOptions(4)).train();
    for (int i = 0; i < one.size(); i++) {
      assertThat(one.dense(i, 1)).isEqualTo(-i);
      assertThat(four.dense(i, 1)).isEqualTo(-i);
    }
  }

  @Test
  void knowsUserAndScenario() {
    PackedRows rows = PreparedDataset.open(folder).test();
    assertThat(rows.user(77)).isEqualTo(27);
    assertThat(rows.scenario(77)).isEqualTo(2);
  }

  @Test
  void missingFolder() {
    assertThatThrownBy(() -> PreparedDataset.open(temp.resolve("none")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(temp.resolve("none") + ": no such folder, expected a prepared data set");
  }

  @Test
  void missingFile() throws IOException {
    Files.delete(folder.resolve("test.parquet"));
    assertThatThrownBy(() -> PreparedDataset.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder.resolve("test.parquet") + ": no such file, expected in a prepared data set");
  }

  @Test
  void wrongSchema() throws IOException {
    Path schema = folder.resolve("schema.json");
    Files.writeString(
        schema, Files.readString(schema).replaceFirst("\"name\"", "\"nam\" : 1, \"name\""));
    assertThatThrownBy(() -> PreparedDataset.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(schema + ": unknown key 'nam'; did you mean 'name'?");
  }
}
