package io.scenerank.train.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.config.Causes;
import io.scenerank.config.ConfigMapper;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes {@link TrainingHistory}: one line of JSON a point. Lines are only added, each in one
 * write, so that a training that is killed loses none that it has told.
 */
final class HistoryWriter implements AutoCloseable {
  private final ConfigMapper mapper = new ConfigMapper();
  private final Path path;
  private final FileChannel file;

  private HistoryWriter(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  /** Continues the file of a run folder, or begins it. What follows its last line's end goes. */
  static HistoryWriter open(Path folder) throws IOException {
    Path path = folder.resolve(TrainingHistory.FILE);
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      file.truncate(endOfLastLine(file));
      file.position(file.size());
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    return new HistoryWriter(path, file);
  }

  private static long endOfLastLine(FileChannel file) throws IOException {
    ByteBuffer letter = ByteBuffer.allocate(1);
    long end = file.size();
    while (end > 0) {
      file.read(letter.clear(), end - 1);
      if (letter.get(0) == '\n') {
        return end;
      }
      end--;
    }
    return 0;
  }

  /**
   * @throws IOException if it cannot be written, for instance on a full disk
   */
  void write(TrainingHistory.Step point) throws IOException {
    write(TrainingHistory.STEP, point);
  }

  /**
   * @throws IOException if it cannot be written, for instance on a full disk
   */
  void write(TrainingHistory.Epoch point) throws IOException {
    write(TrainingHistory.EPOCH, point);
  }

  /**
   * @throws IOException if it cannot be written, for instance on a full disk
   */
  void write(ClusterMetrics metrics) throws IOException {
    write(TrainingHistory.CLUSTER, metrics);
  }

  private void write(String type, Object point) throws IOException {
    ObjectNode line = mapper.newObject().put(TrainingHistory.TYPE, type);
    line.setAll(mapper.toTree(point));
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw Causes.at(path, e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
