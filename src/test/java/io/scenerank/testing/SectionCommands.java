package io.scenerank.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test the commands that {@link RunsCommandsOf} names. */
final class SectionCommands implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == List.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    RunsCommandsOf sections = context.getRequiredTestMethod().getAnnotation(RunsCommandsOf.class);
    List<String> commands = new ArrayList<>();
    try {
      for (String key : sections.value()) {
        commands.addAll(Page.section(key).commands());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return commands;
  }
}
