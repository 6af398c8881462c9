package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.testing.RunsCommandsOf;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server of docs/serving.md as the page starts and asks it, and {@code serve}'s errors. */
@Tag("slow")
class ServingPageTest {
  private static final Pattern PORT = Pattern.compile("port (\\d+)");

  @TempDir private Path temp;

  @Test
  @RunsCommandsOf("docs/serving.md#A server")
  void threeCommands(List<String> commands) throws Exception {
    assertThat(commands).hasSize(3);
    PageCommands page = new PageCommands(temp);
    page.run(commands.get(0) + " --rows 400 --set epochs=1");
    List<String> serve = new ArrayList<>(page.words(commands.get(1)));
    serve.addAll(List.of("--port", "0", "--grpc-port", "0"));
    try (Running server =
        ChildProcess.start(
            temp,
            ChildProcess.java(
                ChildProcess.classpath(),
                ScenerankCommand.class.getName(),
                serve.toArray(String[]::new)))) {
      String port = port(server);
      waitUntilReady(server, port);
      String curl = commands.get(2).replace(":8501/", ":" + port + "/");
      assertThat(curl).startsWith("curl ").contains(":" + port + "/v1/rank");
      Outcome ranked = ChildProcess.run(temp, List.of("bash", "-c", curl));
      JsonNode answer = new ObjectMapper().readTree(ranked.out());
      assertThat(answer.get("ranked")).as("%s", ranked).hasSize(2);
      assertThat(answer.get("ranked").get(0).get("id").isIntegralNumber()).isTrue();
      server.signal("TERM");
      Outcome outcome = server.outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(143);
      assertThat(outcome.out()).contains("version 1: available").endsWith("stopped\n");
    }
  }

  private static String port(Running server) throws Exception {
    while (true) {
      Matcher matcher = PORT.matcher(Files.readString(server.out()));
      if (matcher.find()) {
        return matcher.group(1);
      }
      assertThat(server.process().isAlive()).as(Files.readString(server.err())).isTrue();
      Thread.sleep(20);
    }
  }

  private static void waitUntilReady(Running server, String port) throws Exception {
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz")).build();
    HttpClient client = HttpClient.newHttpClient();
    while (client.send(ready, BodyHandlers.discarding()).statusCode() != 200) {
      assertThat(server.process().isAlive()).as(Files.readString(server.err())).isTrue();
      Thread.sleep(20);
    }
  }

  @Test
  void wrongOptions() throws Exception {
    Cli.invalid("none: not a folder, expected a run or a model", "serve", temp.resolve("none"));
    Cli.invalid("--tls-cert is given without --tls-key", "serve", temp, "--tls-cert", "c.pem");
    Cli.invalid("--max-rows is 0, expected at least 1", "serve", temp, "--max-rows", "0");
    Cli.invalid("--port is 70000", "serve", temp, "--port", "70000");
    Cli.invalid("--canary-share is given without --label", "serve", temp, "--canary-share", "0.1");
    Cli.invalid("expected a name without '/'", "serve", temp, "--name", "a/b");
    Path empty = Files.writeString(temp.resolve("token"), "\n");
    Cli.invalid("the first line is empty", "serve", temp, "--token-file", empty);
  }
}
