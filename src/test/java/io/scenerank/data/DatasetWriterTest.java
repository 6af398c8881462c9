package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.files.AtomicFile.IOConsumer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetWriterTest {
  @TempDir Path temp;

  private void write(IOConsumer<DatasetWriter> source) throws IOException {
    DatasetWriter.write(temp.resolve("out"), false, Fixtures.schema(), source);
  }

  private void assertRefused(IOConsumer<DatasetWriter> source, String message) {
    assertThatThrownBy(() -> write(source))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
    assertThat(temp).isEmptyDirectory();
  }

  private static void addRow(DatasetWriter.Rows split) throws IOException {
    split.add(Fixtures.ids(0), Fixtures.dense(0), Fixtures.labels(0));
  }

  @Test
  void refusesASplitWithoutRows() {
    assertRefused(writer -> addRow(writer.train()), "test.parquet: no rows, expected at least one");
  }

  @Test
  void refusesAnIdOutsideItsVocabulary() {
    assertRefused(
        writer -> {
          addRow(writer.train());
          writer.train().add(new int[] {0, 0, 0, 0, 3, 0}, Fixtures.dense(0), Fixtures.labels(0));
        },
        "train.parquet: feature 'scene', row 1: id 3 is outside [0, 3)");
  }

  @Test
  void refusesADenseValueThatIsNotFinite() {
    float[] dense = Fixtures.dense(0).clone();
    dense[0] = Float.POSITIVE_INFINITY;
    assertRefused(
        writer -> writer.train().add(Fixtures.ids(0), dense, Fixtures.labels(0)),
        "train.parquet: feature 'age', row 0: found Infinity, expected a finite float");
  }

  @Test
  void refusesALabelThatIsNeither() {
    assertRefused(
        writer -> writer.test().add(Fixtures.ids(0), Fixtures.dense(0), new float[] {0, 0.5f}),
        "test.parquet: label 'like', row 0: found 0.5, expected 0 or 1");
  }

  @Test
  void failureOfTheSourceLeavesNothing() {
    assertThatThrownBy(
            () ->
                write(
                    writer -> {
                      addRow(writer.train());
                      throw new IOException("source failed");
                    }))
        .hasMessageEndingWith(": not written (source failed)");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void aFileThatCannotBeWrittenEndsTheWriting() throws IOException {
    Path file = temp.resolve("missing").resolve("train.parquet");
    try (SplitWriter split = new SplitWriter(Fixtures.schema(), file)) {
      assertThatThrownBy(
              () -> {
                for (int row = 0; row < 100_000; row++) {
                  addRow(split);
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageContaining("No such file or directory");
      assertThatThrownBy(split::finish).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsSaidAtTheEndOfAFewRows() throws IOException {
    Path file = temp.resolve("missing").resolve("train.parquet");
    try (SplitWriter split = new SplitWriter(Fixtures.schema(), file)) {
      addRow(split);
      assertThatThrownBy(split::finish)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }

  @Test
  void anInterruptedThreadStopsWriting() {
    Thread.currentThread().interrupt();
    try (SplitWriter split = new SplitWriter(Fixtures.schema(), temp.resolve("train.parquet"))) {
      assertThatThrownBy(
              () -> {
                for (int row = 0; row < 5_000_000; row++) {
                  addRow(split);
                }
              })
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void keepsVocabularyFiles() throws IOException {
    write(
        writer -> {
          addRow(writer.train());
          addRow(writer.test());
          Files.writeString(writer.folder().resolve("vocab"), "x");
        });
    assertThat(temp.resolve("out").toFile().list())
        .containsExactlyInAnyOrder("schema.json", "train.parquet", "test.parquet", "vocab");
  }

  @Test
  void scoresAreWrittenOneColumnATask() throws IOException {
    Path file = temp.resolve("scores.parquet");
    ScoreFile.of(file).write(List.of("click", "like"), new float[][] {{0.1f, 0.2f}, {0.3f, 0.4f}});
    PackedRows rows =
        ParquetRows.read(
            file,
            RowFormat.features(
                PackedLayout.of(
                    List.of(FeatureColumn.dense("click", 1), FeatureColumn.dense("like", 1)))));
    assertThat(Fixtures.dump(rows)).containsExactly("[][0.1, 0.3]", "[][0.2, 0.4]");
    assertThat(temp.toFile().list()).containsExactly("scores.parquet");
  }
}
