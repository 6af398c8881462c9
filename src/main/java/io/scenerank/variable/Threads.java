package io.scenerank.variable;

/** How many threads a session takes. */
public final class Threads {
  private Threads() {}

  /**
   * The number of threads to compute with.
   *
   * @param asked 0 for one a core that this process may use. TensorFlow would count the machine's
   *     cores: in a container with a quota of one of 64, its 64 threads take turns.
   */
  public static int of(int asked) {
    return asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
  }
}
