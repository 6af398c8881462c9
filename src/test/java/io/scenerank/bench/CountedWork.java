package io.scenerank.bench;

/** Work that counts its calls. */
final class CountedWork implements Workload {
  private final String name;
  private int calls;

  CountedWork(String name) {
    this.name = name;
  }

  int calls() {
    return calls;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rowsPerCall() {
    return 3;
  }

  @Override
  public long multiplyAddsPerRow() {
    return 5;
  }

  @Override
  public void call() {
    calls++;
  }

  @Override
  public void close() {}
}
