package io.scenerank.testing;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Reads an HDF5 file, lets a test change it, and writes it elsewhere. */
public final class CaseEditor {
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private final Map<String, Object> datasets = new LinkedHashMap<>();

  private CaseEditor() {}

  /** A golden parity case of the test resources. */
  public static Path golden(String name) {
    return Path.of("src", "test", "resources", "parity", name + ".h5");
  }

  /** Writes {@code target} as {@code source} with the changes. */
  public static Path edit(Path source, Path target, Consumer<CaseEditor> changes) {
    CaseEditor editor = new CaseEditor();
    try (HdfFile file = new HdfFile(source)) {
      for (Map.Entry<String, Attribute> attribute : file.getAttributes().entrySet()) {
        editor.attributes.put(attribute.getKey(), attribute.getValue().getData());
      }
      editor.collect(file, "");
    }
    changes.accept(editor);
    editor.write(target);
    return target;
  }

  private void collect(Group group, String prefix) {
    for (Node child : group) {
      if (child instanceof Group nested) {
        collect(nested, prefix + child.getName() + "/");
      } else if (child instanceof Dataset dataset) {
        datasets.put(prefix + child.getName(), dataset.getData());
      }
    }
  }

  private void write(Path target) {
    try (WritableHdfFile file = HdfFile.write(target)) {
      attributes.forEach(file::putAttribute);
      Map<String, WritableGroup> groups = new LinkedHashMap<>();
      groups.put("", file);
      datasets.forEach(
          (path, data) -> {
            int slash = path.lastIndexOf('/');
            group(groups, path.substring(0, Math.max(0, slash)))
                .putDataset(path.substring(slash + 1), data);
          });
    }
  }

  private static WritableGroup group(Map<String, WritableGroup> groups, String path) {
    WritableGroup known = groups.get(path);
    if (known == null) {
      int slash = path.lastIndexOf('/');
      known =
          group(groups, path.substring(0, Math.max(0, slash))).putGroup(path.substring(slash + 1));
      groups.put(path, known);
    }
    return known;
  }

  /** Sets an attribute of the file, or removes it where the value is null. */
  public CaseEditor attribute(String name, Object value) {
    if (value == null) {
      attributes.remove(name);
    } else {
      attributes.put(name, value);
    }
    return this;
  }

  /** Replaces text inside the attribute {@code config}. */
  public CaseEditor config(String from, String to) {
    String config = (String) attributes.get("config");
    if (!config.contains(from)) {
      throw new IllegalArgumentException("no " + from + " in " + config);
    }
    return attribute("config", config.replace(from, to));
  }

  /** A data set's array as Java has it, to change in place. */
  public Object data(String path) {
    if (!datasets.containsKey(path)) {
      throw new IllegalArgumentException("no " + path + " in " + datasets.keySet());
    }
    return datasets.get(path);
  }

  /** Puts a data set in place. */
  public CaseEditor put(String path, Object data) {
    datasets.put(path, data);
    return this;
  }

  /** Removes the data sets at this path and below it. */
  public CaseEditor remove(String path) {
    if (!datasets.keySet().removeIf(name -> name.equals(path) || name.startsWith(path + "/"))) {
      throw new IllegalArgumentException("no " + path + " in " + datasets.keySet());
    }
    return this;
  }
}
