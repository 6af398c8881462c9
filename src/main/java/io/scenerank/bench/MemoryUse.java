package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of this process that lies in the machine's, native libraries' included.
 *
 * @param residentBytes now
 * @param peakBytes the most so far
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record MemoryUse(long residentBytes, long peakBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern LINE = Pattern.compile("(\\w+):\\s+(\\d+) kB");

  /** What the kernel says; empty if the system is not Linux. */
  public static Optional<MemoryUse> now() {
    try {
      return Files.isReadable(STATUS) ? parse(Files.readAllLines(STATUS)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Optional<MemoryUse> parse(List<String> status) {
    long resident = kilobytes(status, "VmRSS");
    long peak = kilobytes(status, "VmHWM");
    return resident < 0 || peak < 0
        ? Optional.empty()
        : Optional.of(new MemoryUse(resident << 10, peak << 10));
  }

  private static long kilobytes(List<String> status, String key) {
    return status.stream()
        .map(LINE::matcher)
        .filter(matcher -> matcher.matches() && matcher.group(1).equals(key))
        .map((Matcher matcher) -> Long.parseLong(matcher.group(2)))
        .findFirst()
        .orElse(-1L);
  }
}
