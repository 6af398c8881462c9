package io.scenerank.cli;

import io.scenerank.bench.BenchWorker;
import io.scenerank.bench.Gemm;
import io.scenerank.bench.Workload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of a benchmark that another process may drive. */
final class BenchWorkerOptions {
  @Option(
      names = "--worker",
      description =
          "Say 'ready' once warmed up, and time what lines on standard input ask for: window"
              + " SECONDS [WHAT], share SECONDS [WHAT], memory, quit.")
  boolean worker;

  /** Answers standard input until there is nothing more to answer. */
  void serve(List<Workload> workloads, Gemm gemm, PrintWriter out) throws IOException {
    Reader stdin = new InputStreamReader(System.in, StandardCharsets.UTF_8);
    new BenchWorker(workloads, gemm).serve(new BufferedReader(stdin), out);
  }
}
