package io.scenerank.server;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.scenerank.config.InvalidInputException;
import io.scenerank.service.RankingService;
import io.scenerank.service.ServiceMeters;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Answers requests over HTTP/1, HTTP/2 and gRPC for one model: TensorFlow Serving's REST and gRPC,
 * KServe's protocol of version 2, ranking of raw rows, health and metrics. See docs/serving.md.
 *
 * <p>It owns its connections and threads, and not the service whose model it serves.
 */
public final class ModelServer implements AutoCloseable {
  /** Those that start and watch the process have no token. */
  private static final ImmutableSet<String> OPEN =
      ImmutableSet.of("/healthz", "/readyz", GrpcHealth.CHECK);

  private final Server server;
  private final PrometheusMeterRegistry registry;
  private final AtomicBoolean open;

  private ModelServer(Server server, PrometheusMeterRegistry registry, AtomicBoolean open) {
    this.server = server;
    this.registry = registry;
    this.open = open;
  }

  /**
   * Starts a server.
   *
   * @param service whose model it serves, and which the caller closes after the server
   * @param name of the model in requests
   * @param base folder of the run, or of the versions, whose encoding raw rows get where an export
   *     has none of its own
   * @throws InvalidInputException if it cannot listen, or TLS is not as it must be
   */
  public static ModelServer start(RankingService service, String name, Path base, Options options) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new ServiceMeters(service).bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    AtomicBoolean open = new AtomicBoolean(true);
    ServiceModel model = new ServiceModel(service, name, open::get);
    RawEncoders encoders = new RawEncoders(base, options.absentAsMissing());
    service.listen(encoders);
    ServerBuilder builder = Server.builder().meterRegistry(registry);
    bind(builder, options);
    limit(builder, options);
    route(builder, options, model, encoders, registry);
    try {
      Server server = builder.build();
      server.start().join();
      return new ModelServer(server, registry, open);
    } catch (CompletionException e) {
      registry.close();
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "the server cannot listen at %s (ports %d and %d): %s",
              options.host(),
              options.port(),
              options.grpcPort(),
              reason(e)),
          e);
    } catch (RuntimeException e) {
      registry.close();
      throw e;
    }
  }

  private static String reason(CompletionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  private static void bind(ServerBuilder builder, Options options) {
    SessionProtocol protocol =
        options.tls().isPresent() ? SessionProtocol.HTTPS : SessionProtocol.HTTP;
    builder.port(new InetSocketAddress(options.host(), options.port()), protocol);
    if (options.grpcPort() != options.port() || options.port() == 0) {
      builder.port(new InetSocketAddress(options.host(), options.grpcPort()), protocol);
    }
    options.tls().ifPresent(tls -> tls(builder, tls));
  }

  private static void tls(ServerBuilder builder, Tls tls) {
    try {
      builder.tls(TlsKeyPair.of(tls.key().toFile(), tls.certificate().toFile()));
    } catch (RuntimeException e) {
      throw new InvalidInputException(
          tls.certificate()
              + ", "
              + tls.key()
              + ": not a certificate and its key in PEM ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private static void limit(ServerBuilder builder, Options options) {
    Limits limits = options.limits();
    builder
        .maxRequestLength(limits.bodyBytes())
        .maxNumConnections(limits.connections())
        .requestTimeout(limits.time())
        .blockingTaskExecutor(limits.threads())
        .gracefulShutdownTimeout(Duration.ZERO, options.grace())
        .disableServerHeader()
        .verboseResponses(false)
        .unloggedExceptionsReportInterval(Duration.ZERO);
  }

  private static void route(
      ServerBuilder builder,
      Options options,
      ServiceModel model,
      RawEncoders encoders,
      PrometheusMeterRegistry registry) {
    int rows = options.limits().rows();
    Consumer<Throwable> log = options.errorLog();
    InFlightLimit inFlight = new InFlightLimit(options.limits().requests());
    builder.errorHandler(new ErrorAnswers(log));
    options.accessLog().ifPresent(lines -> builder.accessLogWriter(new AccessLog(lines), false));

    builder.serviceUnder("/v1/models", new TfServingRest(model, rows).decorate(inFlight));
    HttpService kserve = new KserveRest(model, rows).decorate(inFlight);
    builder.service("/v2", kserve).serviceUnder("/v2", kserve);
    builder.service("/v1/rank", new RankRest(model, encoders, rows).decorate(inFlight));

    TfServingGrpc grpc = new TfServingGrpc(model, rows);
    grpc(builder, TfServingGrpc.PREDICT, new GrpcMethod(grpc::predict, log).decorate(inFlight));
    grpc(builder, TfServingGrpc.METADATA, new GrpcMethod(grpc::metadata, log));
    grpc(builder, TfServingGrpc.STATUS, new GrpcMethod(grpc::status, log));

    builder.service("/metrics", (ctx, request) -> text(HttpStatus.OK, registry.scrape()));
    options.token().ifPresent(token -> builder.decorator(new BearerToken(token, OPEN)));
    builder.decorator(new RequestMeters(registry));
    builder.service("/healthz", (ctx, request) -> text(HttpStatus.OK, "ok\n"));
    builder.service(
        "/readyz",
        (ctx, request) ->
            model.isReady()
                ? text(HttpStatus.OK, "ready\n")
                : text(HttpStatus.SERVICE_UNAVAILABLE, "not ready\n"));
    grpc(builder, GrpcHealth.CHECK, new GrpcMethod(new GrpcHealth(model)::check, log));
  }

  private static void grpc(ServerBuilder builder, String path, HttpService method) {
    builder.service(path, method.decorate(new GrpcDeadline()));
  }

  private static HttpResponse text(HttpStatus status, String text) {
    return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, HttpData.ofUtf8(text));
  }

  /** The port that HTTP is spoken at. */
  public int port() {
    return ports().get(0).localAddress().getPort();
  }

  /** The port that is meant for gRPC; both ports take both. */
  public int grpcPort() {
    return ports().get(ports().size() - 1).localAddress().getPort();
  }

  private ImmutableList<ServerPort> ports() {
    return ImmutableList.copyOf(server.activePorts().values());
  }

  /** Waits until the server is closed. */
  public void await() throws InterruptedException {
    server.blockUntilShutdown();
  }

  /**
   * Takes no new connections, waits for the requests in flight, {@link Options#grace} at most, and
   * frees the ports.
   */
  @Override
  public void close() {
    open.set(false);
    server.close();
    registry.close();
  }

  /** A certificate, and the ones that signed it, with its key, both PEM. */
  public record Tls(Path certificate, Path key) {}

  /**
   * What a server takes at most.
   *
   * @param bodyBytes of a request's body
   * @param rows of a request
   * @param connections at a time
   * @param requests that are answered at a time; one more is refused at once
   * @param threads that read, compute and write answers
   * @param time of a request, from its first byte to the answer's last
   */
  public record Limits(
      int bodyBytes, int rows, int connections, int requests, int threads, Duration time) {
    /** 16 MiB, 10,000 rows, 1,024 connections, 256 requests, 64 threads, 10 seconds. */
    public static Limits defaults() {
      return new Limits(16 << 20, 10_000, 1_024, 256, 64, Duration.ofSeconds(10));
    }
  }

  /**
   * Where and how a server listens.
   *
   * @param host address that it binds to; loopback by default
   * @param port of HTTP; 0 for a free one
   * @param grpcPort of gRPC; may be the same
   * @param tls speaks TLS on both ports
   * @param token that every request must have, those for health aside
   * @param accessLog gets a line of JSON for each request
   * @param errorLog gets what nobody expected
   * @param absentAsMissing whether a raw column that a row of {@code /v1/rank} does not have is a
   *     missing value; else it is an error
   * @param grace how long {@link #close} waits for requests in flight
   */
  public record Options(
      String host,
      int port,
      int grpcPort,
      Optional<Tls> tls,
      Optional<String> token,
      Limits limits,
      Optional<Consumer<String>> accessLog,
      Consumer<Throwable> errorLog,
      boolean absentAsMissing,
      Duration grace) {

    /** Loopback, ports 8501 and 8500, no TLS, no token, no log, 10 seconds of grace. */
    public static Options defaults() {
      return new Options(
          "127.0.0.1",
          8501,
          8500,
          Optional.empty(),
          Optional.empty(),
          Limits.defaults(),
          Optional.empty(),
          thrown -> {},
          false,
          Duration.ofSeconds(10));
    }

    /** See {@link #host}, {@link #port} and {@link #grpcPort}. */
    public Options withAddress(String asked, int http, int grpc) {
      return new Options(
          asked, http, grpc, tls, token, limits, accessLog, errorLog, absentAsMissing, grace);
    }

    /** See {@link #tls}. */
    public Options withTls(Tls asked) {
      return new Options(
          host,
          port,
          grpcPort,
          Optional.of(asked),
          token,
          limits,
          accessLog,
          errorLog,
          absentAsMissing,
          grace);
    }

    /** See {@link #token}. */
    public Options withToken(String asked) {
      return new Options(
          host,
          port,
          grpcPort,
          tls,
          Optional.of(asked),
          limits,
          accessLog,
          errorLog,
          absentAsMissing,
          grace);
    }

    /** See {@link #limits}. */
    public Options withLimits(Limits asked) {
      return new Options(
          host, port, grpcPort, tls, token, asked, accessLog, errorLog, absentAsMissing, grace);
    }

    /** See {@link #accessLog}. */
    public Options withAccessLog(Consumer<String> asked) {
      return new Options(
          host,
          port,
          grpcPort,
          tls,
          token,
          limits,
          Optional.of(asked),
          errorLog,
          absentAsMissing,
          grace);
    }

    /** See {@link #errorLog}. */
    public Options withErrorLog(Consumer<Throwable> asked) {
      return new Options(
          host, port, grpcPort, tls, token, limits, accessLog, asked, absentAsMissing, grace);
    }

    /** See {@link #absentAsMissing}. */
    public Options withAbsentAsMissing(boolean asked) {
      return new Options(
          host, port, grpcPort, tls, token, limits, accessLog, errorLog, asked, grace);
    }

    /** See {@link #grace}. */
    public Options withGrace(Duration asked) {
      return new Options(
          host, port, grpcPort, tls, token, limits, accessLog, errorLog, absentAsMissing, asked);
    }
  }
}
