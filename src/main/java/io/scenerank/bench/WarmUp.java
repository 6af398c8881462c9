package io.scenerank.bench;

/**
 * Calls before anything is timed: TensorFlow prepares its graph in the first, the JVM compiles in
 * the first few hundred.
 *
 * @param seconds at least so long, and ten calls
 */
record WarmUp(double seconds) {
  private static final int CALLS = 10;

  public void run(Workload workload) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int done = 0; done < CALLS || System.nanoTime() < end; done++) {
      workload.call();
    }
  }
}
