package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Collection;
import java.util.Optional;

/**
 * The formats of raw columns.
 *
 * @param byName by the column's name, whose case does not count
 */
record RawFormats(ImmutableMap<String, ValueFormat> byName) {
  /** Values are read as they are. */
  static final RawFormats NONE = new RawFormats(ImmutableMap.of());

  Optional<ValueFormat> find(String name) {
    return byName.entrySet().stream()
        .filter(format -> format.getKey().equalsIgnoreCase(name))
        .map(format -> format.getValue())
        .findFirst();
  }

  /** Those of a side table, whose columns are called so behind the prefix. */
  RawFormats behind(String prefix) {
    ImmutableMap.Builder<String, ValueFormat> formats = ImmutableMap.builder();
    byName.forEach(
        (name, format) -> {
          if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
            formats.put(name.substring(prefix.length()), format);
          }
        });
    return new RawFormats(formats.buildOrThrow());
  }

  /**
   * @param names of all columns
   * @throws InvalidInputException naming the format of a column that is not there
   */
  void requireColumns(Collection<String> names, String label) {
    for (String name : byName.keySet()) {
      if (names.stream().noneMatch(name::equalsIgnoreCase)) {
        throw new InvalidInputException(
            String.format(
                "%s: formats: there is no column '%s'%s",
                label, name, SpellingHint.hint(name, names)));
      }
    }
  }
}
