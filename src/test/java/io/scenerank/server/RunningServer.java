package io.scenerank.server;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.scenerank.service.RankingService;
import io.scenerank.service.ServiceOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server of a model on free ports, with a client. */
final class RunningServer implements AutoCloseable {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final RankingService service;
  private final ModelServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();

  RunningServer(Path base, String name) {
    this(base, name, ModelServer.Options.defaults());
  }

  RunningServer(Path base, String name, ModelServer.Options options) {
    this.service = RankingService.open(base, ServiceOptions.defaults());
    this.server =
        ModelServer.start(
            service, name, base, options.withAddress("127.0.0.1", 0, 0).withErrorLog(faults::add));
  }

  record Answer(int status, String text) {
    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new AssertionError(text, e);
      }
    }

    String error() {
      return json().path("error").asText();
    }
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  Answer get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  Answer post(String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  Answer send(HttpRequest request) throws Exception {
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }

  ModelServer server() {
    return server;
  }

  RankingService service() {
    return service;
  }

  /** What nobody expected. */
  List<Throwable> faults() {
    return faults;
  }

  @Override
  public void close() {
    server.close();
    service.close();
  }
}
