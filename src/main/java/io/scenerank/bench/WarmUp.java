package io.scenerank.bench;

/**
 * Calls before anything is timed: TensorFlow prepares its graph in the first, the JVM compiles in
 * the first few hundred.
 *
 * @param calls at least so many
 * @param seconds at least so long
 */
public record WarmUp(int calls, double seconds) {
  /** What settles a step or a prediction. */
  public static final WarmUp DEFAULT = new WarmUp(10, 3);

  public void run(Workload workload) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int done = 0; done < calls || System.nanoTime() < end; done++) {
      workload.call();
    }
  }
}
