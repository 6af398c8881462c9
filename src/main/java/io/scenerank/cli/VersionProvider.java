package io.scenerank.cli;

import io.scenerank.run.text.Versions;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return Versions.all().entrySet().stream()
        .map(program -> program.getKey() + " " + program.getValue())
        .toArray(String[]::new);
  }
}
