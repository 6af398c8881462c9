package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text and arguments where the locale has no UTF-8. */
@Tag("slow")
class ConsoleEncodingTest {
  @TempDir private Path temp;

  /** The command in a JVM of its own whose locale is C. */
  private Outcome inLocaleC(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "-u", "LANG", "LC_ALL=C"));
    command.addAll(
        ChildProcess.java(ChildProcess.classpath(), ScenerankCommand.class.getName(), args));
    return ChildProcess.run(temp, command);
  }

  @Test
  void writesUtf8() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintWriter writer = ScenerankCommand.utf8(out);
    writer.println("首页");
    assertThat(out.toString(StandardCharsets.UTF_8)).as("flushed").startsWith("首页");
  }

  @Test
  void textOfFilesIsPrintedInTheLocaleC() throws Exception {
    Files.writeString(temp.resolve("log.csv"), "用户,场景,is_click\n1,首页,0\n2,搜索,1\n3,首页,1\n1,搜索,0\n");
    Outcome outcome = inLocaleC("prepare", "log.csv", "--guess");
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    assertThat(outcome.out()).contains("首页").doesNotContain("?");
  }

  @Test
  void argumentsThatTheLocaleLosesAreRefused() throws Exception {
    Files.writeString(temp.resolve("日志.csv"), "a,is_click\n1,0\n");
    Outcome outcome = inLocaleC("prepare", "日志.csv", "--guess");
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines())
        .containsExactly(
            "scenerank: argument '??????.csv' has characters that the encoding of the locale,"
                + " US-ASCII, lacks; set LC_ALL=C.UTF-8, as bin/scenerank does");
  }

  @Test
  void filesWhoseNamesTheLocaleLosesAreRefused() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("logs"));
    Files.writeString(folder.resolve("日志.csv"), "a,is_click\n1,0\n0,1\n");
    for (String source : List.of("logs", "logs/*.csv")) {
      Outcome outcome = inLocaleC("prepare", source, "--guess");
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
      assertThat(outcome.errLines())
          .containsExactly(
              "scenerank: logs/??????.csv: the name has characters that the encoding of the locale,"
                  + " US-ASCII, lacks; rename the file, or set LC_ALL=C.UTF-8 for a name in UTF-8");
    }
  }

  @Test
  void filesThatTheLocaleCannotNameAreRefused() throws Exception {
    Files.writeString(temp.resolve("log.csv"), "用户,场景,is_click\n1,首页,0\n2,搜索,1\n3,首页,1\n1,搜索,0\n");
    Outcome outcome = inLocaleC("prepare", "log.csv", "--guess", "--out", "data");
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines())
        .containsExactly(
            "scenerank: file name 'vocab/用户.parquet' has characters that the encoding of the"
                + " locale, US-ASCII, lacks; set LC_ALL=C.UTF-8, as bin/scenerank does");
    assertThat(temp.resolve("data")).doesNotExist();
  }
}
