package io.scenerank.server;

import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.logging.AccessLogWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes one JSON object for each request.
 *
 * @param lines gets them, from several threads
 */
record AccessLog(Consumer<String> lines) implements AccessLogWriter {

  @Override
  public void log(RequestLog log) {
    lines.accept(
        new String(
            Json.write(
                json -> {
                  ServiceRequestContext ctx = (ServiceRequestContext) log.context();
                  json.writeStartObject();
                  json.writeStringField(
                      "time", Instant.ofEpochMilli(log.requestStartTimeMillis()).toString());
                  json.writeStringField("remote", ctx.clientAddress().getHostAddress());
                  json.writeStringField("protocol", log.sessionProtocol().uriText());
                  json.writeStringField("method", ctx.method().name());
                  json.writeStringField("path", ctx.path());
                  json.writeNumberField("status", log.responseStatus().code());
                  json.writeNumberField("request_bytes", log.requestLength());
                  json.writeNumberField("response_bytes", log.responseLength());
                  json.writeNumberField(
                      "micros", TimeUnit.NANOSECONDS.toMicros(log.totalDurationNanos()));
                  json.writeEndObject();
                }),
            StandardCharsets.UTF_8));
  }
}
