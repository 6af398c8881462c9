package io.scenerank.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lock that one holder has at a time. */
class LockFileTest {
  @TempDir private Path temp;

  @Test
  void aLockThatIsHeldInThisProcessIsRefusedToo() throws IOException {
    Path file = temp.resolve("lock");
    try (LockFile lock = LockFile.tryLock(file).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(LockFile.tryLock(file)).isEmpty();
    }
    LockFile.tryLock(file).orElseThrow().close();
  }
}
