package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSequence.Split;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.testing.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class StreamedRowsTest {
  /** Four row groups: the last is read when the second is gone through. */
  private static final int ROWS = 70_000;

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void place() {
    file = temp.resolve("rows.parquet");
  }

  /** A table of which a test spoils something; row groups of 20,480 rows. */
  private void write(String changes) throws SQLException {
    String rows =
        "SELECT range % 50 AS \"user\", [0, 1, 2] AS history, 1 AS scene, range::FLOAT AS age,"
            + " 7 AS item, [1.5, 2.5] AS vector, 1 AS click, 0 AS \"like\", range AS n FROM range("
            + ROWS
            + ")";
    Fixtures.writeParquet(file, "SELECT * " + changes + " FROM (" + rows + ")");
  }

  private StreamedRows open() {
    return StreamedRows.open(file, Fixtures.format());
  }

  private static int count(RowCursor cursor) {
    int rows = 0;
    while (cursor.next()) {
      rows++;
    }
    return rows;
  }

  @Test
  void knowsItsRowsWithoutReadingThem() throws SQLException {
    write("REPLACE (NULL::INTEGER AS item)");
    StreamedRows rows = open();
    assertThat(rows.size()).isEqualTo(ROWS);
    assertThat(rows.hasProbabilities()).isFalse();
  }

  @Test
  void aWrongValueIsNamedByItsRowInTheFile() throws SQLException {
    write("REPLACE (CASE WHEN n = 50123 THEN 100 ELSE 7 END AS item)");
    StreamedRows rows = open();
    assertThatThrownBy(() -> rows.check(done -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": feature 'item', row 50123: id 100 is outside [0, 100)");
    try (RowCursor cursor =
        rows.cursor(RowSequence.shuffled(Split.of(ROWS, 0, 1), 9_000, 1, 0), 0)) {
      assertThatThrownBy(() -> count(cursor))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(file + ": feature 'item', row 50123: id 100 is outside [0, 100)");
    }
    write("REPLACE (CASE WHEN n = 69999 THEN NULL ELSE 0 END AS \"like\")");
    assertThatThrownBy(() -> open().check(done -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": label 'like', row 69999: found NULL, expected a value");
  }

  @Test
  void checkingReportsItsProgress() throws SQLException {
    write("");
    List<Long> done = new ArrayList<>();
    open().check(done::add);
    assertThat(done).containsExactly(20_480L, 40_960L, 61_440L);
  }

  @Test
  void columnsAreCheckedAtOnce() throws SQLException {
    write("RENAME (item AS itemm)");
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            file + ": feature 'item' has no column 'item' in the file; did you mean 'itemm'?");
  }

  @Test
  void aColumnWithTheNameOfTheRowsNumberChangesNothing() throws SQLException {
    write(", 1 AS File_Row_Number");
    RowSequence order = RowSequence.shuffled(Split.of(ROWS, 0.1, 1), 30_000, 2, 0);
    PackedRows inMemory = ParquetRows.read(file, Fixtures.format());
    try (RowCursor cursor = open().cursor(order, 0);
        RowCursor expected = inMemory.cursor(order, 0)) {
      while (cursor.next()) {
        assertThat(expected.next()).isTrue();
        assertThat(cursor.rows().dense(cursor.row(), 0))
            .isEqualTo(expected.rows().dense(expected.row(), 0));
      }
      assertThat(expected.next()).isFalse();
    }
  }

  @Test
  void noFileAndNoParquetFile() throws IOException {
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": no such file");
    Files.writeString(file, "user,item\n1,2\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": cannot be read as Parquet (")
        .hasMessageNotContaining("\n");
  }

  /** A cursor holds two row groups, so that it has to read on after the change. */
  private void requireRefusedAfter(Change change, String message) throws IOException, SQLException {
    write("");
    try (RowCursor cursor = open().cursor()) {
      assertThat(cursor.next()).isTrue();
      change.make();
      assertThatThrownBy(() -> count(cursor))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file + ": " + message)
          .hasMessageNotContaining("\n");
    }
  }

  /** What happens to the file while it is read. */
  @FunctionalInterface
  private interface Change {
    void make() throws IOException, SQLException;
  }

  @Test
  void aFileThatIsReplacedWhileItIsRead() throws IOException, SQLException {
    requireRefusedAfter(() -> write("REPLACE (8 AS item)"), "changed while it was read (");
  }

  @Test
  void aFileThatIsReplacedByOneOfTheSameSizeAndTime() throws IOException, SQLException {
    requireRefusedAfter(
        () -> {
          FileTime modified = Files.getLastModifiedTime(file);
          Path copy = Files.copy(file, temp.resolve("copy.parquet"));
          Files.setLastModifiedTime(copy, modified);
          Files.move(copy, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        },
        "changed while it was read (");
  }

  @Test
  void aFileThatIsOverwrittenInPlace() throws IOException, SQLException {
    requireRefusedAfter(
        () -> Files.writeString(file, "PAR1"), "changed while it was read (4 bytes");
  }

  @Test
  void aFileThatGoesAwayWhileItIsRead() throws IOException, SQLException {
    requireRefusedAfter(
        () -> Files.delete(file), "was deleted while it was read, expected to exist until the end");
  }

  @Test
  void aFileThatChangesBetweenTwoPasses() throws IOException, SQLException {
    write("");
    StreamedRows rows = open();
    rows.check(done -> {});
    write("REPLACE (8 AS item)");
    assertThatThrownBy(() -> rows.check(done -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": changed while it was read (");
  }

  @Test
  void closingEarlyEndsTheReader() throws SQLException, InterruptedException {
    write("");
    RowCursor cursor = open().cursor();
    assertThat(cursor.next()).isTrue();
    cursor.close();
    cursor.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("scenerank-reader");
  }

  @Test
  void batchesThatAreClosedEarlyEndTheReader() throws SQLException {
    write("");
    try (Batcher batches = Batcher.of(open()).batchSize(100).start()) {
      batches.next().close();
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("scenerank-reader", "scenerank-batcher");
  }

  /** 400,000 rows of 44 bytes take 17 MiB; two windows of three blocks of a store 2. */
  @Test
  void memoryDoesNotGrowWithTheRows() throws IOException, InterruptedException {
    Path data = temp.resolve("data");
    Fixtures.writeDataset(data, 400_000, 1);
    ChildProcess.Outcome streamed = passWith(6, "stream", data);
    assertThat(streamed.exitCode()).as("%s", streamed).isZero();
    assertThat(streamed.out()).isEqualToIgnoringNewLines("400000 rows");
    ChildProcess.Outcome inMemory = passWith(6, "memory", data);
    assertThat(inMemory.exitCode()).as("%s", inMemory).isNotZero();
    assertThat(inMemory.err()).contains("OutOfMemoryError: Cannot reserve");
    ChildProcess.Outcome tooSmall = passWith(1, "stream", data);
    assertThat(tooSmall.exitCode()).as("%s", tooSmall).isNotZero();
    assertThat(tooSmall.err())
        .contains(
            "InvalidInputException: "
                + data.resolve("train.parquet")
                + ": twice 20,480 rows do not fit into memory (Cannot reserve");
  }

  private ChildProcess.Outcome passWith(int mebibytes, String how, Path data)
      throws IOException, InterruptedException {
    List<String> command =
        ChildProcess.java(ChildProcess.classpath(), PassMain.class.getName(), how, data.toString());
    command.add(1, "-XX:MaxDirectMemorySize=" + mebibytes + "m");
    return ChildProcess.run(temp, command);
  }

  /** Goes through an epoch; the main of a child JVM. */
  static final class PassMain {
    private PassMain() {}

    public static void main(String[] args) {
      PreparedDataset data = PreparedDataset.open(Path.of(args[1]));
      RowSource rows = args[0].equals("stream") ? data.streamTrain() : data.train();
      RowSequence order = RowSequence.shuffled(Split.of(rows.size(), 0, 1), 20_480, 1, 0);
      try (RowCursor cursor = rows.cursor(order, 0)) {
        System.out.println(count(cursor) + " rows");
      }
    }
  }
}
