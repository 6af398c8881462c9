package io.scenerank.keras;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** A stream that ends with an error once it has given more bytes than it may. */
final class BoundedStream extends FilterInputStream {
  private final Supplier<? extends RuntimeException> error;
  private long left;

  BoundedStream(InputStream in, long most, Supplier<? extends RuntimeException> error) {
    super(in);
    this.left = most;
    this.error = error;
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    count(next < 0 ? 0 : 1);
    return next;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count(read);
    return read;
  }

  private void count(int read) {
    left -= Math.max(read, 0);
    if (left < 0) {
      throw error.get();
    }
  }
}
