package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that embeds the library in a JVM whose default locale has digits of its own. */
@Tag("slow")
class OtherDigitsTest {
  @TempDir private Path temp;

  /** Runs the commands one after the other, without what main does for the command line. */
  static final class Service {
    private Service() {}

    public static void main(String[] args) {
      if (!String.format(Locale.getDefault(), "%d", 1).equals("١")) {
        throw new IllegalStateException("the JVM has no Arabic digits");
      }
      for (String line : args) {
        int code = ScenerankCommand.commandLine().execute(line.split(" "));
        System.out.println("exit code " + code);
      }
    }
  }

  private Outcome inEgypt(String... lines) throws Exception {
    List<String> command =
        new ArrayList<>(
            ChildProcess.java(ChildProcess.classpath(), Service.class.getName(), lines));
    command.addAll(1, ImmutableList.of("-Duser.language=ar", "-Duser.country=EG"));
    return ChildProcess.run(temp, command);
  }

  @Test
  void filesAreReadAndWrittenAsElsewhere() throws Exception {
    Files.writeString(temp.resolve("log.csv"), rows());
    String log = temp.resolve("log.csv").toString();
    Outcome outcome = inEgypt("prepare " + log + " --guess --out there");
    assertThat(outcome.out()).as("%s", outcome).contains("exit code 0").doesNotContain("١");
    Cli.run(
        "prepare",
        temp.resolve("log.csv").toString(),
        "--guess",
        "--out",
        temp.resolve("here").toString());
    for (String file : List.of("schema.json", "encoding.json", "prepare.yaml")) {
      assertThat(temp.resolve("there").resolve(file))
          .as(file)
          .hasSameTextualContentAs(temp.resolve("here").resolve(file));
    }
  }

  @Test
  void aGraphThatCannotBeNamedIsToldWithTheWayOut() throws Exception {
    Files.writeString(temp.resolve("log.csv"), rows());
    Outcome outcome =
        inEgypt(
            "prepare log.csv --guess --out data", "run mmoe --data data --out runs --set epochs=1");
    assertThat(outcome.errLines())
        .as("%s", outcome)
        .anyMatch(
            line ->
                line.contains("the digits of the default locale, ar-EG")
                    && line.contains("-Duser.language.format=en"));
  }

  private static String rows() {
    return IntStream.range(0, 300)
        .mapToObj(
            i ->
                String.format(
                    Locale.ROOT,
                    "%d,%d,%d,%02d.05.2022 10:%02d,\"%d,%03d.5\",\"[%d,%d]\",%d",
                    i % 17,
                    i % 29,
                    i % 3,
                    1 + i % 28,
                    i % 60,
                    i % 900,
                    i % 1000,
                    i % 5,
                    i % 7,
                    i % 2))
        .collect(
            Collectors.joining("\n", "user_id,item_id,page,event_time,price,tags,click\n", "\n"));
  }
}
