package io.scenerank.files;

import java.io.IOException;

/** A step that takes a value and may fail with an {@link IOException}. */
@FunctionalInterface
public interface IOConsumer<T> {
  void accept(T value) throws IOException;
}
