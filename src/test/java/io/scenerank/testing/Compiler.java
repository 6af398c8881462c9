package io.scenerank.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/** Compiles Java sources while a test runs. */
public final class Compiler {
  private Compiler() {}

  /** Compiles against a class path into a folder; a source that does not compile fails the test. */
  public static void compile(String classpath, Path out, List<Path> sources) {
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-cp", classpath, "-d", out.toString()));
    sources.forEach(source -> arguments.add(source.toString()));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, messages, arguments.toArray(String[]::new));
    assertThat(compiled)
        .as("%s compile: %s", sources, messages.toString(StandardCharsets.UTF_8))
        .isZero();
  }
}
