package io.scenerank.data;

import static io.scenerank.data.Fixtures.dump;
import static io.scenerank.data.Fixtures.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  void rowsCarryWhatAModelReadsAndWhoseTheyAre() {
    PackedLayout model =
        PackedLayout.of(
            List.of(FeatureColumn.dense("vector", 2), FeatureColumn.sparse("item", 100, 4)));
    PreparedDataset data = PreparedDataset.open(folder).reading(model, List.of("like"));
    PackedRows rows = data.test();
    assertThat(data.schema()).isEqualTo(Fixtures.schema());
    assertThat(rows.layout().columns())
        .extracting(FeatureColumn::name)
        .containsExactly("user", "scene", "item", "vector");
    assertThat(rows.tasks()).containsExactly("like");
    assertThat(rows.user(77)).isEqualTo(27);
    assertThat(rows.scenario(77)).isEqualTo(2);
    assertThat(rows.id(77, 2)).isEqualTo(Fixtures.ids(77)[5]);
    assertThat(rows.dense(77, 0)).isEqualTo(Fixtures.dense(77)[1]);
    assertThat(rows.label(75, 0)).isEqualTo(1f);
    assertThat(rows.probability(77, 0)).isEqualTo(0.25f);
    assertThat(data.train().layout()).isEqualTo(rows.layout());
  }

  @Test
  void aModelThatReadsWhatTheDataLacks() {
    PackedLayout model = PackedLayout.of(List.of(FeatureColumn.sparse("itme", 100, 4)));
    assertThatThrownBy(() -> PreparedDataset.open(folder).reading(model, List.of("like")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder.resolve("schema.json")
                + ": feature 'itme', which the model reads, is not in the data;"
                + " did you mean 'item'?");
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
