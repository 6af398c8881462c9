package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/** Weights that Keras 3 cut into several files, listed in a {@code .weights.json}. */
final class WeightShards {
  static final String MAP = "weight_map";
  private static final int MOST_FILES = 1000;

  private final Path index;

  WeightShards(Path index) {
    this.index = index;
  }

  /**
   * Opens all files that the list names.
   *
   * @throws InvalidInputException if the list is damaged, or a file is missing or not in the same
   *     folder
   */
  WeightFiles open() {
    List<Hdf5> files = new ArrayList<>();
    try {
      for (String name : names()) {
        Path file = index.resolveSibling(name);
        files.add(Hdf5.open(file, file.toString()));
      }
      return new WeightFiles(index.toString(), ImmutableList.copyOf(files));
    } catch (RuntimeException e) {
      files.forEach(Hdf5::close);
      throw e;
    }
  }

  /** Names of the files; each group has one or a list of them. */
  private SortedSet<String> names() {
    JsonNode map = new ConfigMapper().readTree(index).path(MAP);
    SortedSet<String> names = new TreeSet<>();
    for (JsonNode value : map) {
      if (value.isArray()) {
        value.forEach(name -> names.add(checked(name)));
      } else {
        names.add(checked(value));
      }
    }
    if (names.isEmpty() || names.size() > MOST_FILES) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: '%s' names %d files, expected 1 to %d",
              index,
              MAP,
              names.size(),
              MOST_FILES));
    }
    return names;
  }

  /** A plain name: the shards lie in the same folder as their list. */
  private String checked(JsonNode name) {
    if (!name.isTextual() || !name.textValue().matches("[^/\\\\:\\p{Cntrl}]+\\.h5")) {
      throw new InvalidInputException(
          String.format(
              "%s: '%s' names %s, expected a .h5 in the same folder",
              index, MAP, ForeignText.shown(name.toString())));
    }
    return name.textValue();
  }
}
