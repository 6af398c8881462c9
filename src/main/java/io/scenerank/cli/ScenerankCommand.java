package io.scenerank.cli;

public final class ScenerankCommand {
  private ScenerankCommand() {}

  public static void main(String[] args) {
    System.out.println(org.tensorflow.TensorFlow.version());
  }
}
