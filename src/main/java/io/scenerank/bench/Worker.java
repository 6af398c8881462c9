package io.scenerank.bench;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.primitives.Doubles;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Times work when it is told to, so that another process can time two of them at once. It says
 * {@code ready}; each line that it reads is then answered by one line of JSON:
 *
 * <ul>
 *   <li>{@code window SECONDS [WORKLOAD]}: a {@link Window} of the workload, the first one where
 *       none is named
 *   <li>{@code gemm SECONDS}: {@code {"gigaflops": …}}
 *   <li>{@code memory}: {@link MemoryUse}, {@code null} where it is not known
 *   <li>{@code quit}, or the end of the lines: it ends
 * </ul>
 */
public final class Worker {
  private static final String COMMANDS =
      "expected window SECONDS [WORKLOAD], gemm SECONDS, memory or quit";

  private final ImmutableMap<String, Workload> workloads;
  private final Supplier<Gemm> gemm;
  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * @param workloads at least one, warmed up
   * @param gemm for the first {@code gemm} that is asked for; the caller closes what it gives
   */
  public Worker(Iterable<Workload> workloads, Supplier<Gemm> gemm) {
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
    boolean window = words.size() >= 2 && words.size() <= 3 && words.get(0).equals("window");
    boolean product = words.size() == 2 && words.get(0).equals("gemm");
    Double seconds = window || product ? Doubles.tryParse(words.get(1)) : null;
    if (seconds == null || !Double.isFinite(seconds) || seconds < 0) {
      throw new InvalidInputException("worker: '" + line + "' is unknown, " + COMMANDS);
    }
    return product
        ? json(Map.of("gigaflops", gemm.get().gigaflops(seconds)))
        : json(Window.measure(workload(words), seconds));
  }

  /** On one line. */
  private String json(Object value) {
    return mapper.toTree(value).toString();
  }

  private Workload workload(List<String> words) {
    String name = words.size() == 3 ? words.get(2) : workloads.keySet().iterator().next();
    Workload workload = workloads.get(name);
    if (workload == null) {
      throw new InvalidInputException(
          "worker: workload '" + name + "' is unknown" + Nearest.hint(name, workloads.keySet()));
    }
    return workload;
  }
}
