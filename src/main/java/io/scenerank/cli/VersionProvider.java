package io.scenerank.cli;

import org.tensorflow.TensorFlow;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = ScenerankCommand.class.getPackage().getImplementationVersion();
    return new String[] {
      "scenerank " + (version == null ? "(unpackaged)" : version),
      "TensorFlow " + TensorFlow.version(),
      "Java " + System.getProperty("java.version")
    };
  }
}
