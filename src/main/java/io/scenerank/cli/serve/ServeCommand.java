package io.scenerank.cli.serve;

import io.scenerank.config.InvalidInputException;
import io.scenerank.run.text.ErrorText;
import io.scenerank.server.ModelServer;
import io.scenerank.service.RankingService;
import io.scenerank.service.RankingService.VersionStatus;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves a model over HTTP and gRPC until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serve a model over HTTP and gRPC: TensorFlow Serving's protocols, KServe's version 2, ranking"
          + " of a user's candidates, health and metrics.",
      "New versions are loaded, warmed up and checked next to the old one, which then ends its"
          + " requests. SIGTERM and Ctrl-C end the server once the requests in flight are answered."
    })
public final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ListenOptions listen;
  @Mixin private LimitOptions limits;
  @Mixin private ModelOptions models;

  @Parameters(
      paramLabel = "RUN|BASE",
      description = "A run folder, a folder with one folder for each version, or a SavedModel.")
  private Path base;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The model's name in requests. Default: the folder's name.")
  private @Nullable String name;

  @Option(
      names = "--absent-as-missing",
      description =
          "In /v1/rank, a raw column that a row does not have is a missing value. Default: it is an"
              + " error.")
  private boolean absentAsMissing;

  @Option(
      names = "--access-log",
      description = "Print a JSON object for each request on standard output.")
  private boolean accessLog;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show the stack trace of an error.")
  private boolean verbose;

  @Override
  public Integer call() throws InterruptedException {
    if (!Files.isDirectory(base)) {
      throw new InvalidInputException(base + ": not a folder, expected a run or a model");
    }
    PrintWriter out = spec.commandLine().getOut();
    String model = name == null ? folderName() : name;
    if (!model.matches("[^/:\\s]+")) {
      throw new InvalidInputException(
          "--name is '" + model + "', expected a name without '/', ':' and spaces");
    }
    RankingService service = RankingService.start(base, models.options(), new VersionLines(out));
    try (service;
        ModelServer server = ModelServer.start(service, model, base, options(out))) {
      Thread stop = new Thread(() -> stop(server, service, out), "stop");
      Runtime.getRuntime().addShutdownHook(stop);
      println(
          out,
          String.format(
              Locale.ROOT,
              "model %s at %s, port %d (gRPC: %d)",
              model,
              base,
              server.port(),
              server.grpcPort()));
      server.await();
    }
    return 0;
  }

  /** Answers what is in flight; then the process ends. */
  private static void stop(ModelServer server, RankingService service, PrintWriter out) {
    server.close();
    service.close();
    println(out, "stopped");
  }

  private String folderName() {
    Path last = base.toAbsolutePath().normalize().getFileName();
    return last == null ? "model" : last.toString();
  }

  private ModelServer.Options options(PrintWriter out) {
    PrintWriter err = spec.commandLine().getErr();
    ModelServer.Options options =
        listen
            .addTo(ModelServer.Options.defaults())
            .withLimits(limits.limits())
            .withAbsentAsMissing(absentAsMissing)
            .withErrorLog(thrown -> report(err, thrown));
    return accessLog ? options.withAccessLog(line -> println(out, line)) : options;
  }

  private void report(PrintWriter err, Throwable thrown) {
    synchronized (err) {
      ErrorText.print(err, "a request failed: ", thrown, verbose);
      err.flush();
    }
  }

  private static void println(PrintWriter out, String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  /** Says in a line what becomes of a version. */
  private record VersionLines(PrintWriter out) implements RankingService.Listener {
    @Override
    public void changed(VersionStatus status) {
      println(out, status.toString());
    }
  }
}
