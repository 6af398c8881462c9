package io.scenerank.train;

import io.scenerank.variable.TensorFlowErrors;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.exceptions.TFOutOfRangeException;

/** A checkpoint that is not what was written: a part is missing, cut short or has other bytes. */
final class CheckpointDamage extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason what is wrong in it
   */
  CheckpointDamage(Path checkpoint, String reason, @Nullable Throwable cause) {
    super(checkpoint + ": the checkpoint is damaged (" + relative(checkpoint, reason) + ")", cause);
  }

  /** Files of the checkpoint go by their names. */
  private static String relative(Path checkpoint, String reason) {
    return reason.replace(checkpoint + checkpoint.getFileSystem().getSeparator(), "");
  }

  /**
   * Whether TensorFlow says of what it read that its bytes are wrong: it keeps a checksum of every
   * value and of every block of the index. A variable that is missing or has another shape is not
   * damage, and neither is a process or a disk that fails.
   */
  static boolean isSaidBy(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return TensorFlowErrors.isOne(e)
        && (e instanceof TFOutOfRangeException
            || Stream.of(
                    "data_loss",
                    "data loss",
                    "checksum",
                    "corrupt",
                    "truncated",
                    "sstable",
                    "unable to parse",
                    "failed to parse",
                    "read less bytes",
                    "read fewer bytes",
                    "invalid size")
                .anyMatch(message::contains));
  }
}
