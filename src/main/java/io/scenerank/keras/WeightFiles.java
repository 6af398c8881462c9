package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The HDF5 files that hold a model's weights, as one: Keras 3 may cut them into shards. */
final class WeightFiles implements AutoCloseable {
  private final String where;
  private final ImmutableList<Hdf5> files;

  WeightFiles(String where, ImmutableList<Hdf5> files) {
    this.where = where;
    this.files = files;
  }

  /**
   * Every array below a group by its path inside it.
   *
   * @throws InvalidInputException if two shards hold the same array
   */
  ImmutableMap<String, StoredVariable> arrays(String group) {
    Map<String, StoredVariable> arrays = new LinkedHashMap<>();
    for (Hdf5 file : files) {
      file.arrays(group)
          .forEach(
              (path, array) -> {
                if (arrays.put(path, array) != null) {
                  throw new InvalidInputException(
                      where + ": two shards hold the array '" + array.key() + "'");
                }
              });
    }
    return ImmutableMap.copyOf(arrays);
  }

  /** Paths of all groups. */
  ImmutableSet<String> groups() {
    ImmutableSet.Builder<String> groups = ImmutableSet.builder();
    files.forEach(file -> groups.addAll(file.groups()));
    return groups.build();
  }

  /** A group's attribute that holds one text; a shard may hold a group without its attributes. */
  Optional<String> text(String group, String name) {
    return files.stream().flatMap(file -> file.text(group, name).stream()).findFirst();
  }

  @Override
  public void close() {
    files.forEach(Hdf5::close);
  }
}
