package io.scenerank.cli.serve;

import io.scenerank.config.InvalidInputException;
import io.scenerank.server.ModelServer.Options;
import io.scenerank.server.ModelServer.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server listens, and whom it answers. */
final class ListenOptions {
  private static final int HIGHEST_PORT = 65_535;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "The address to bind to. Default: ${DEFAULT-VALUE}, which only this machine reaches;"
              + " 0.0.0.0 is all addresses.")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8501",
      description = "The port of HTTP; 0 is a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      defaultValue = "8500",
      description =
          "The port of gRPC, which may be the same; both ports take HTTP and gRPC. Default:"
              + " ${DEFAULT-VALUE}.")
  private int grpcPort;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Speak TLS with this certificate (PEM, with those that signed it).")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's private key (PEM, PKCS #8).")
  private @Nullable Path key;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Answer only requests with 'authorization: Bearer TOKEN', the token being the first line"
              + " of the file. /healthz, /readyz and gRPC's health check need none.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--grace-seconds",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "How long a server that is told to stop waits for requests in flight. Default:"
              + " ${DEFAULT-VALUE}.")
  private int graceSeconds;

  Options addTo(Options options) {
    if (port < 0 || port > HIGHEST_PORT || grpcPort < 0 || grpcPort > HIGHEST_PORT) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT, "--port is %d and --grpc-port %d, expected 0 to 65535", port, grpcPort));
    }
    if (graceSeconds < 0) {
      throw new InvalidInputException(
          "--grace-seconds is " + graceSeconds + ", expected 0 or more");
    }
    if ((certificate == null) != (key == null)) {
      throw new InvalidInputException(
          certificate == null
              ? "--tls-key is given without --tls-cert"
              : "--tls-cert is given without --tls-key");
    }
    Options all =
        options.withAddress(host, port, grpcPort).withGrace(Duration.ofSeconds(graceSeconds));
    if (certificate != null && key != null) {
      all = all.withTls(new Tls(certificate, key));
    }
    return tokenFile == null ? all : all.withToken(token(tokenFile));
  }

  private static String token(Path file) {
    String token;
    try {
      token = Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
    if (token.isEmpty()) {
      throw new InvalidInputException(file + ": the first line is empty, expected a token");
    }
    return token;
  }
}
