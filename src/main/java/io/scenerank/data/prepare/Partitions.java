package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;
import io.scenerank.data.DuckDb;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Columns that Hive and Spark keep in the names of folders, as {@code dt=2022-05-01}. */
final class Partitions {
  /** The column in which DuckDB gives the path of a row's file. */
  static final String FILE = "__file";

  private static final Pattern FOLDER = Pattern.compile("([^=]+)=(.*)");
  private static final String MISSING = "__HIVE_DEFAULT_PARTITION__";

  private Partitions() {}

  /** Whether a folder is called as a partition is. */
  static boolean isOne(Path folder) {
    return folder.getFileName() != null
        && FOLDER.matcher(folder.getFileName().toString()).matches();
  }

  /** The columns of a file, from the outer folder to the inner one. */
  static ImmutableSet<String> names(Path file) {
    ImmutableSet.Builder<String> names = ImmutableSet.builder();
    for (Path part : Optional.ofNullable(file.getParent()).orElse(Path.of(""))) {
      Matcher folder = FOLDER.matcher(part.toString());
      if (folder.matches()) {
        names.add(folder.group(1));
      }
    }
    return names.build();
  }

  /** The value of a column in SQL, decoded; NULL where Hive says that it is missing. */
  static String value(String name) {
    String pattern = ".*/" + Pattern.quote(name) + "=([^/]*)/";
    return String.format(
        "nullif(url_decode(regexp_extract('/' || %s, %s, 1)), '%s')",
        DuckDb.name(FILE), DuckDb.text(pattern), MISSING);
  }
}
