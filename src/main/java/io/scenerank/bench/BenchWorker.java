package io.scenerank.bench;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.primitives.Doubles;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Times work when it is told to, so that another process can time two of them at once. It says
 * {@code ready}; each line that it reads is then answered by one line of JSON:
 *
 * <ul>
 *   <li>{@code window SECONDS [WORKLOAD]}: a {@link TimedWindow} of the workload, the first one
 *       where none is named
 *   <li>{@code share SECONDS [WORKLOAD]}: a {@link GemmShare}
 *   <li>{@code first [WORKLOAD]}: seconds of the workload's first call, {@code null} where it was
 *       not timed
 *   <li>{@code memory}: {@link MemoryUse}, {@code null} where it is not known
 *   <li>{@code quit}, or the end of the lines: it ends
 * </ul>
 */
final class BenchWorker {
  private static final String COMMANDS =
      "expected window SECONDS [WORKLOAD], share SECONDS [WORKLOAD], first [WORKLOAD], memory or"
          + " quit";

  private static final String SHARE = "share";
  private static final ImmutableSet<String> TIMED = ImmutableSet.of("window", SHARE);

  private final ImmutableMap<String, Workload> workloads;
  private final Gemm gemm;
  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * @param workloads at least one, warmed up
   * @param gemm what shares are of
   */
  public BenchWorker(Iterable<Workload> workloads, Gemm gemm) {
    this.workloads = Maps.uniqueIndex(workloads, Workload::name);
    this.gemm = gemm;
  }

  /**
   * Answers until there is nothing more to answer.
   *
   * @throws InvalidInputException naming a line that asks for what it does not know
   */
  public void serve(BufferedReader in, PrintWriter out) throws IOException {
    out.println("ready");
    out.flush();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> words = Splitter.on(' ').omitEmptyStrings().splitToList(line);
      if (words.equals(List.of("quit"))) {
        return;
      }
      out.println(answer(words, line));
      out.flush();
    }
  }

  private String answer(List<String> words, String line) {
    if (words.equals(List.of("memory"))) {
      return MemoryUse.now().map(this::json).orElse("null");
    }
    if (!words.isEmpty() && words.size() <= 2 && words.get(0).equals("first")) {
      OptionalDouble first = workload(words, 1).firstCallSeconds();
      return first.isPresent() ? Double.toString(first.getAsDouble()) : "null";
    }
    boolean known = words.size() >= 2 && words.size() <= 3 && TIMED.contains(words.get(0));
    Double seconds = known ? Doubles.tryParse(words.get(1)) : null;
    if (seconds == null || !Double.isFinite(seconds) || seconds < 0) {
      throw new InvalidInputException("worker: '" + line + "' is unknown, " + COMMANDS);
    }
    return words.get(0).equals(SHARE)
        ? json(GemmShare.measure(workload(words, 2), gemm, seconds))
        : json(TimedWindow.measure(workload(words, 2), seconds));
  }

  /** On one line. */
  private String json(Object value) {
    return mapper.toTree(value).toString();
  }

  private Workload workload(List<String> words, int place) {
    String name = words.size() > place ? words.get(place) : workloads.keySet().iterator().next();
    Workload workload = workloads.get(name);
    if (workload == null) {
      throw new InvalidInputException(
          "worker: workload '"
              + name
              + "' is unknown"
              + SpellingHint.hint(name, workloads.keySet()));
    }
    return workload;
  }
}
