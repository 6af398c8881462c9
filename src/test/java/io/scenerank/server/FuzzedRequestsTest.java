package io.scenerank.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.export.SmallModel;
import io.scenerank.server.ModelServer.Options;
import io.scenerank.server.RunningServer.Answer;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * Requests that are damaged at random: each gets an answer in time, an error of one line without
 * anything of the program's inside, and the server serves as before.
 */
@Tag("slow")
class FuzzedRequestsTest {
  /** {@code -Dscenerank.fuzz.requests=N} for the long form. */
  private static final int REQUESTS = Integer.getInteger("scenerank.fuzz.requests", 600);

  private static final long SEED = 20_26;

  private static final List<String> PATHS =
      List.of(
          "/v1/models/small:predict",
          "/v1/models/small/versions/1:predict",
          "/v1/models/small:classify",
          "/v2/models/small/infer",
          "/v1/rank?encoded=true",
          TfServingGrpc.PREDICT,
          TfServingGrpc.METADATA,
          TfServingGrpc.STATUS,
          GrpcHealth.CHECK);

  private static final List<String> PIECES =
      List.of(
          "null",
          "NaN",
          "-Infinity",
          "1e999999",
          "-1",
          "99999999999999999999",
          "{}",
          "[]",
          "[[",
          "\"",
          "\\u0000",
          "\\ud800",
          "}",
          "]",
          ",",
          ":",
          "{\"b64\": \"!\"}",
          "\"signature_name\"",
          "\"instances\"",
          "true",
          "0.1",
          "\u0000",
          "[".repeat(2_000),
          "{\"a\":".repeat(1_500),
          "9".repeat(3_000),
          "\"x\": 1, ");

  private final Random random = new Random(SEED);

  private byte[] body(String path) {
    String valid =
        path.contains("/v2/")
            ? SmallRequests.inference(random.nextInt(20), "")
            : path.contains("rank")
                ? SmallRequests.rank("\"top\": 2, \"weights\": {\"click\": 1}, ", 3)
                : path.contains("classify")
                    ? "{\"examples\": [{\"user\": [1, 2], \"age\": 0.5, \"t\": \"a\"}]}"
                    : SmallRequests.instances(1 + random.nextInt(3));
    byte[] bytes = path.contains(".") ? message() : valid.getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes = mutated(bytes);
    }
    return path.contains(".") ? framed(bytes) : bytes;
  }

  /** A PredictRequest of one tensor. */
  private static byte[] message() {
    return GrpcMessage.write(
        out -> {
          out.writeByteArray(1, GrpcMessage.write(spec -> spec.writeString(1, "small")));
          GrpcMessage.writeEntry(
              out,
              2,
              "user",
              TensorProto.newBuilder().setDtype(DataType.DT_INT32).addIntVal(3).build());
          out.writeString(2, "signature_def");
        });
  }

  private byte[] framed(byte[] message) {
    int length = random.nextInt(10) == 0 ? random.nextInt() : message.length;
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) (random.nextInt(10) == 0 ? 1 : 0))
        .putInt(length)
        .put(message)
        .array();
  }

  private byte[] mutated(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    int end = Math.min(bytes.length, at + random.nextInt(20));
    byte[] piece =
        switch (random.nextInt(4)) {
          case 0 -> new byte[0];
          case 1 -> new byte[] {(byte) random.nextInt()};
          default -> PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8);
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.writeBytes(piece);
    int from = random.nextBoolean() ? at : end;
    if (random.nextInt(8) > 0) {
      out.write(bytes, from, bytes.length - from);
    }
    return out.toByteArray();
  }

  @Test
  void everyRequestIsAnswered() throws Exception {
    try (RunningServer server =
        new RunningServer(SmallModel.get().folder(), "small", Options.defaults())) {
      warmUp(server);
      int threads = Thread.activeCount();
      long heap = heap();
      Set<Integer> statuses = new TreeSet<>();
      for (int i = 0; i < REQUESTS; i++) {
        String path = PATHS.get(random.nextInt(PATHS.size()));
        byte[] body = body(path);
        HttpRequest.Builder request =
            HttpRequest.newBuilder(server.uri(path))
                .timeout(Duration.ofSeconds(20))
                .POST(BodyPublishers.ofByteArray(body));
        if (path.contains(".")) {
          request.header("content-type", "application/grpc+proto");
        }
        Answer answer = server.send(request.build());
        statuses.add(answer.status());
        assertThat(server.faults()).as("request %d to %s", i, path).isEmpty();
        check(i, path, answer);
      }
      assertThat(statuses).as("some are right, some are wrong").contains(200, 400);
      assertThat(server.faults()).isEmpty();
      assertThat(Thread.activeCount()).as("threads").isLessThan(threads + 80);
      assertThat(heap() - heap).as("bytes of heap that stay").isLessThan(30_000_000);
      Answer after = server.post("/v1/models/small:predict", SmallRequests.instances(2));
      assertThat(after.status()).isEqualTo(200);
      assertThat(server.get("/metrics").text()).doesNotContain("status=\"500\"");
    }
  }

  private static void check(int number, String path, Answer answer) {
    assertThat(answer.status()).as("request %d to %s: %s", number, path, answer).isNotEqualTo(500);
    if (answer.status() != 200) {
      assertThat(answer.error()).as("request %d to %s", number, path).isNotEmpty();
      assertThat(answer.error().length()).isLessThan(1_000);
      assertThat(answer.error())
          .as("request %d to %s", number, path)
          .doesNotContain("Exception", "\tat ", "io.scenerank", "com.fasterxml", "\n");
    }
  }

  private static void warmUp(RunningServer server) throws Exception {
    for (int i = 0; i < 20; i++) {
      server.post("/v1/models/small:predict", SmallRequests.instances(2));
    }
  }

  private static long heap() throws InterruptedException {
    System.gc();
    Thread.sleep(50);
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
