package io.scenerank.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SmallModel;
import io.scenerank.server.ModelServer.Limits;
import io.scenerank.server.ModelServer.Options;
import io.scenerank.server.RunningServer.Answer;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** KServe's protocol, ranking, health, metrics and limits, on an export of this library. */
@Tag("slow")
class ModelServerTest {
  private static final String INFER = "/v2/models/small/infer";
  private static final List<String> ACCESS_LOG = new CopyOnWriteArrayList<>();

  @TempDir Path temp;

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server =
        new RunningServer(
            SmallModel.get().folder(),
            "small",
            Options.defaults()
                .withAccessLog(ACCESS_LOG::add)
                .withLimits(new Limits(100_000, 40, 64, 16, 4, Duration.ofSeconds(20))));
  }

  @AfterAll
  static void stop() {
    assertThat(server.faults()).isEmpty();
    server.close();
  }

  @Test
  void theScoresAreTheTrainers() throws Exception {
    Answer answer = server.post("/v1/models/small:predict", SmallRequests.instances(5));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    for (int row = 0; row < 5; row++) {
      JsonNode found = answer.json().get("predictions").get(row);
      assertThat(found.get("click").get(0).floatValue())
          .isCloseTo(SmallModel.get().scores()[0][row], within());
      assertThat(found.get("like").get(0).floatValue())
          .isCloseTo(SmallModel.get().scores()[1][row], within());
    }
  }

  private static Offset<Float> within() {
    // Kernels for one row and for a batch add in other orders.
    return Offset.offset(1e-6f);
  }

  @Test
  void inferenceOfKserve() throws Exception {
    Answer answer =
        server.post(
            INFER,
            SmallRequests.inference(3, "\"id\": \"7\", \"outputs\": [{\"name\": \"like\"}], "));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().get("id").textValue()).isEqualTo("7");
    assertThat(answer.json().get("model_version").textValue()).isEqualTo("1");
    assertThat(answer.json().get("outputs")).hasSize(1);
    JsonNode output = answer.json().get("outputs").get(0);
    assertThat(output.get("datatype").textValue()).isEqualTo("FP32");
    assertThat(output.get("shape").toString()).isEqualTo("[1,1]");
    assertThat(output.get("data").get(0).floatValue())
        .isCloseTo(SmallModel.get().scores()[1][3], within());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"inputs\": 1} | inputs: found 1, expected a list",
        "{\"inputs\": [{\"data\": [1]}]} | inputs: found an input without a name",
        "{\"inputs\": [{\"name\": \"usr\"}]} | feature 'usr' is not an input; did you mean 'user'?",
        "{\"inputs\": [{\"name\": \"user\", \"shape\": [1, 1], \"datatype\": \"INT64\", \"data\": [1]}]}"
            + " | input 'user' has the datatype INT64, expected INT32",
        "{\"inputs\": [{\"name\": \"user\", \"shape\": [2, 1], \"datatype\": \"INT32\", \"data\": [1]}]}"
            + " | input 'user': found 1 values, which do not fill the shape [2, 1]",
        "{\"inputs\": [{\"name\": \"user\", \"shape\": [-1, -1], \"datatype\": \"INT32\", \"data\": [1]}]}"
            + " | which do not fill the shape [-1, -1]",
        "{\"inputs\": [{\"name\": \"user\", \"shape\": [1, 1], \"datatype\": \"INT32\"}]}"
            + " | input 'user' has no data; binary data is not taken",
        "{\"inputs\": [], \"outputs\": [{\"name\": \"x\"}]} | output 'x' is unknown",
      })
  void wrongInferences(String body, String message) throws Exception {
    Answer answer = server.post(INFER, body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.error()).contains(message);
  }

  @Test
  void metadataOfKserve() throws Exception {
    JsonNode model = server.get("/v2/models/small").json();
    assertThat(model.get("versions").toString()).isEqualTo("[\"1\"]");
    assertThat(model.get("inputs")).hasSize(SmallModel.COLUMNS.size());
    assertThat(server.get("/v2").json().get("name").textValue()).isEqualTo("scenerank");
    assertThat(server.get("/v2/health/live").text()).isEqualTo("{\"live\":true}");
    assertThat(server.get("/v2/health/ready").status()).isEqualTo(200);
    assertThat(server.get("/v2/models/small/versions/1/ready").status()).isEqualTo(200);
    assertThat(server.get("/v2/models/small/versions/9/ready").status()).isEqualTo(404);
    assertThat(server.get("/v2/models/other").status()).isEqualTo(404);
    assertThat(server.get("/v2/none").status()).isEqualTo(404);
    assertThat(server.get(INFER).status()).isEqualTo(400);
  }

  @Test
  void ranksTheCandidatesOfAUser() throws Exception {
    Answer answer =
        server.post(
            "/v1/rank?encoded=true",
            SmallRequests.rank("\"top\": 4, \"weights\": {\"like\": 2}, ", 10));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    JsonNode ranked = answer.json().get("ranked");
    assertThat(ranked).hasSize(4);
    List<Double> scores = new ArrayList<>();
    ranked.forEach(
        item -> {
          assertThat(item.get("id").textValue()).isEqualTo("v" + item.get("index").intValue());
          assertThat(item.get("score").doubleValue())
              .isEqualTo(2 * (double) item.get("scores").get("like").floatValue());
          scores.add(item.get("score").doubleValue());
        });
    assertThat(scores).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    // The user of row 3 with the candidate of row 3 is row 3.
    JsonNode all =
        server.post("/v1/rank?encoded=true", SmallRequests.rank("", 10)).json().get("ranked");
    assertThat(all).hasSize(10);
    all.forEach(
        item -> {
          if (item.get("index").intValue() == 3) {
            float click = SmallModel.get().scores()[0][3];
            float like = SmallModel.get().scores()[1][3];
            assertThat(item.get("scores").get("click").floatValue()).isCloseTo(click, within());
            assertThat((float) item.get("score").doubleValue())
                .as("the mean of the tasks")
                .isCloseTo((click + like) / 2, within());
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"user\": {}} | the body has no 'candidates'",
        "{\"candidates\": []} | the body has no 'user'",
        "{\"users\": {}} | key 'users' is unknown; known: user, candidates, top, weights, id",
        "{\"user\": 1} | user: found 1, expected an object",
        "{\"user\": {\"usr\": 1}} | feature 'usr' is not an input; did you mean 'user'?",
        "{\"user\": {}, \"candidates\": [1]} | candidate 0: found 1, expected an object",
        "{\"user\": {}, \"candidates\": [{\"video\": 1}, {}]} | candidate 1: input 'video' is missing",
        "{\"user\": {}, \"candidates\": [{\"video\": 1}, {\"scene\": 1}]} | candidate 1: has input 'scene'",
        "{\"top\": 0} | top: found 0, expected an integer from 1",
        "{\"weights\": {\"click\": NaN}} | weights: 'click': found NaN, expected a number",
        "{\"weights\": {\"x\": 1}, \"user\": {}, \"candidates\": []} | weights: task 'x' is unknown",
        "{\"user\": {}, \"candidates\": [], \"id\": \"x\"} | id comes after the candidates",
      })
  void wrongRankings(String body, String message) throws Exception {
    Answer answer = server.post("/v1/rank?encoded=true", body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.error()).contains(message);
  }

  @Test
  void limitsOfRowsAndBodies() throws Exception {
    assertThat(server.post("/v1/models/small:predict", SmallRequests.instances(40)).status())
        .isEqualTo(200);
    assertThat(server.post("/v1/models/small:predict", SmallRequests.instances(41)).error())
        .isEqualTo("the request has more than 40 rows, the most that the server takes");
    assertThat(server.post("/v1/rank?encoded=true", SmallRequests.rank("", 41)).error())
        .isEqualTo("the request has more than 40 candidates, the most that the server takes");
    Answer answer = server.post("/v1/models/small:predict", " ".repeat(100_001));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.error()).isNotEmpty();
  }

  @Test
  void healthMetricsAndAccessLog() throws Exception {
    assertThat(server.get("/healthz").text()).isEqualTo("ok\n");
    assertThat(server.get("/readyz").status()).isEqualTo(200);
    server.get("/v1/models/small?secret=1");
    String metrics = server.get("/metrics").text();
    assertThat(metrics)
        .contains("scenerank_http_seconds_count{route=\"/healthz\",status=\"200\"}")
        .contains("jvm_memory_used_bytes");
    JsonNode line =
        RunningServer.json(
            ACCESS_LOG.stream()
                .filter(text -> text.contains("/v1/models/small\""))
                .findFirst()
                .orElseThrow());
    assertThat(line.get("method").textValue()).isEqualTo("GET");
    assertThat(line.get("status").intValue()).isEqualTo(200);
    assertThat(line.get("micros").longValue()).isPositive();
  }

  @Test
  void aTokenIsNeededButForHealth() throws Exception {
    try (RunningServer closed =
        new RunningServer(
            SmallModel.get().folder(), "small", Options.defaults().withToken("geheim"))) {
      Answer refused = closed.get("/v1/models/small");
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.error()).contains("authorization: Bearer TOKEN").doesNotContain("geheim");
      assertThat(closed.get("/metrics").status()).isEqualTo(401);
      assertThat(closed.get("/none").status()).isEqualTo(401);
      assertThat(closed.get("/healthz").status()).isEqualTo(200);
      assertThat(closed.get("/readyz").status()).isEqualTo(200);
      for (String token : new String[] {"Bearer geheim", "Bearer geheim2", "geheim"}) {
        Answer answer =
            closed.send(
                HttpRequest.newBuilder(closed.uri("/v1/models/small"))
                    .header("authorization", token)
                    .build());
        assertThat(answer.status()).as(token).isEqualTo(token.equals("Bearer geheim") ? 200 : 401);
      }
    }
  }

  @Test
  void tls() throws Exception {
    Path store = temp.resolve("store.p12");
    Outcome keytool =
        ChildProcess.run(
            temp,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "a",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit"));
    assertThat(keytool.exitCode()).as("%s", keytool).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    Path key = pem("key", "PRIVATE KEY", keys.getKey("a", "changeit".toCharArray()).getEncoded());
    Path certificate = pem("cert", "CERTIFICATE", keys.getCertificate("a").getEncoded());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", keys.getCertificate("a"));
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (ModelServer secure =
        ModelServer.start(
            server.service(),
            "small",
            temp,
            Options.defaults()
                .withAddress("127.0.0.1", 0, 0)
                .withTls(new ModelServer.Tls(certificate, key)))) {
      for (int port : new int[] {secure.port(), secure.grpcPort()}) {
        HttpResponse<String> answer =
            HttpClient.newBuilder()
                .sslContext(context)
                .build()
                .send(
                    HttpRequest.newBuilder(
                            URI.create("https://127.0.0.1:" + port + "/v1/models/small"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).contains("AVAILABLE");
      }
    }
  }

  private Path pem(String name, String type, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        temp.resolve(name + ".pem"),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  @Test
  void whatCannotStartSaysWhy() {
    int taken = server.server().port();
    assertThatThrownBy(
            () ->
                ModelServer.start(
                    server.service(),
                    "small",
                    temp,
                    Options.defaults().withAddress("127.0.0.1", taken, taken)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the server cannot listen at 127.0.0.1")
        .hasMessageContaining("in use");
    assertThatThrownBy(
            () ->
                ModelServer.start(
                    server.service(),
                    "small",
                    temp,
                    Options.defaults()
                        .withTls(
                            new ModelServer.Tls(temp.resolve("c.pem"), temp.resolve("k.pem")))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("not a certificate and its key");
  }
}
