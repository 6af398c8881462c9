package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.scenerank.testing.Page;
import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every shell command of the README and of docs/ is run by a test, or it is said why not. */
@Tag("slow")
class DocumentedCommandsTest {
  private static final String OF_THE_PARITY_SUITE = "needs Keras; run by python-parity/tests/";

  /** Beginnings of the commands that no Java test runs, and the reason. */
  private static final ImmutableMap<String, String> EXEMPT =
      ImmutableMap.<String, String>builder()
          .put("bin/test", "runs this test")
          .put(
              "bin/bench",
              "measures for minutes, with Keras; see python-parity/tests/test_bench.py")
          .put("mvn -Pjmh", "measures for minutes; the benchmarks compile with the tests")
          .put("mvn package -Pall-platforms", "is a build, and loads 0.7 GB of native libraries")
          .put("SCENERANK_MAVEN_ARGS=-Pgpu bin/scenerank", "needs a GPU")
          .put("java -Xmx256m -Dorg.bytedeco", "runs a service of the reader")
          .put("java -Djava.library.path=", "runs a service of the reader")
          .put("saved_model_cli show", OF_THE_PARITY_SUITE + "test_serving.py")
          .put(
              "cd python-parity && .venv/bin/python train_keras.py",
              OF_THE_PARITY_SUITE + "test_train_keras.py")
          .put(
              "cd python-parity && .venv/bin/python make_cases.py",
              OF_THE_PARITY_SUITE + "test_java_parity.py")
          .put("../bin/scenerank parity build/cases/", OF_THE_PARITY_SUITE + "test_java_parity.py")
          .buildOrThrow();

  private static Set<String> sectionsThatAreRun() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
            .importPackages("io.scenerank")
            .stream()
            .map(JavaClass::getMethods)
            .flatMap(Set::stream)
            .filter(method -> method.isAnnotatedWith(RunsCommandsOf.class))
            .map(JavaMethod::reflect)
            .flatMap(method -> Stream.of(method.getAnnotation(RunsCommandsOf.class).value()))
            .collect(Collectors.toSet());
  }

  private static boolean isExempt(String command) {
    return EXEMPT.keySet().stream().anyMatch(command::startsWith);
  }

  @Test
  void everyCommandIsRun() throws IOException {
    Set<String> run = sectionsThatAreRun();
    assertThat(run).hasSizeGreaterThan(10);
    List<String> missing = new ArrayList<>();
    for (Page page : Page.documentation()) {
      for (Page.Section section : page.sections()) {
        for (String command : section.commands()) {
          if (!run.contains(section.key()) && !isExempt(command)) {
            missing.add(section.key() + ": " + command);
          }
        }
      }
    }
    assertThat(missing).as("commands that no test runs, see RunsCommandsOf").isEmpty();
  }

  @Test
  void everyExemptionIsOfACommand() throws IOException {
    List<String> commands =
        Page.documentation().stream()
            .flatMap(page -> page.sections().stream())
            .flatMap(section -> section.commands().stream())
            .toList();
    assertThat(EXEMPT.keySet())
        .allSatisfy(start -> assertThat(commands).anyMatch(line -> line.startsWith(start)));
  }
}
