package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.prepare.FuzzResult.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random tables with their truth: a guess and its preparation give the truth, or say what they did
 * not understand. {@code -Dscenerank.fuzz.files}, {@code .seconds} and {@code .seed} set how many
 * files, in how much time, and from which seed on; {@code .show} prints what was said.
 */
@Tag("slow")
class TableFuzzTest {
  private static final String PROPERTY = "scenerank.fuzz.";

  /** Whose digits, calendars and small letters differ from those of files. */
  private static final List<Locale> LOCALES =
      Stream.of("en-US", "tr-TR", "de-DE", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai")
          .map(Locale::forLanguageTag)
          .toList();

  private static final long OF_A_LOCALE = 20;

  @TempDir private Path temp;

  @Test
  void theTruthOrAWord() throws Exception {
    long first = Long.getLong(PROPERTY + "seed", 1);
    long files = Long.getLong(PROPERTY + "files", 2000);
    Instant end = Instant.now().plusSeconds(Long.getLong(PROPERTY + "seconds", 55));
    Map<String, Map<Verdict, Integer>> counts = new ConcurrentSkipListMap<>();
    Queue<String> silent = new ConcurrentLinkedQueue<>();
    AtomicLong done = new AtomicLong();
    Locale usual = Locale.getDefault();
    for (long from = first; from < first + files; from += OF_A_LOCALE) {
      Locale.setDefault(LOCALES.get((int) (from / OF_A_LOCALE % LOCALES.size())));
      try {
        LongStream.range(from, Math.min(from + OF_A_LOCALE, first + files))
            .parallel()
            .filter(seed -> Instant.now().isBefore(end))
            .forEach(
                seed -> {
                  FuzzTable table = FuzzTable.of(seed);
                  FuzzResult result = check(table);
                  done.incrementAndGet();
                  counts
                      .computeIfAbsent(table.place().kind(), kind -> new ConcurrentHashMap<>())
                      .merge(result.verdict(), 1, Integer::sum);
                  String line =
                      visible(
                          String.format(
                              "seed %d %s %s: %s",
                              seed, table.place(), table.file(), result.lines()));
                  if (result.verdict() == Verdict.SILENT) {
                    silent.add(line);
                  }
                  if (Boolean.getBoolean(PROPERTY + "show")) {
                    System.out.println(result.verdict() + " " + line);
                  }
                });
      } finally {
        Locale.setDefault(usual);
      }
    }
    System.out.printf("fuzz of tables: %s files from seed %d, %s%n", done, first, counts);
    assertThat(done.get()).as("files within the time").isPositive();
    assertThat(silent).as("silent differences").isEmpty();
  }

  private FuzzResult check(FuzzTable table) {
    try {
      Path folder = Files.createDirectory(temp.resolve("table" + table.seed()));
      FuzzResult result = FuzzChecker.check(table, folder);
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
      return result;
    } catch (Exception e) {
      // Only the seed makes the table again.
      throw new AssertionError("seed " + table.seed() + ": " + table.place(), e);
    }
  }

  private static String visible(String text) {
    StringBuilder line = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                line.append(
                    Character.isISOControl(c)
                        ? String.format("\\x%02x", c)
                        : String.valueOf((char) c)));
    return line.toString();
  }
}
