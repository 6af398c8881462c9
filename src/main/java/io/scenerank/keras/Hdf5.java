package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Primitives;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.scenerank.config.InvalidInputException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.ndarray.Shape;

/**
 * An HDF5 file with arrays of numbers. Any damage of the file is an error that names the file;
 * sizes are compared with the file's before memory is allocated.
 */
public final class Hdf5 implements AutoCloseable {
  private static final int DEEPEST = 64;
  private static final int MOST_NODES = 1 << 20;

  private final String where;
  private final HdfFile file;
  private final ImmutableMap<String, Dataset> datasets;
  private final ImmutableMap<String, Group> groups;

  private Hdf5(
      String where,
      HdfFile file,
      ImmutableMap<String, Dataset> datasets,
      ImmutableMap<String, Group> groups) {
    this.where = where;
    this.file = file;
    this.datasets = datasets;
    this.groups = groups;
  }

  /**
   * Opens a file and reads its structure.
   *
   * @param where how messages call the file
   * @throws InvalidInputException if there is no file, or no HDF5 file, or a damaged one
   */
  public static Hdf5 open(Path path, String where) {
    if (!Files.isRegularFile(path)) {
      throw new InvalidInputException(where + ": no such file");
    }
    HdfFile file = guarded(where, () -> new HdfFile(path));
    try {
      return guarded(
          where,
          () -> {
            Collector collector = new Collector(where);
            collector.collect(file, "", 0);
            return new Hdf5(
                where, file, collector.datasets.buildOrThrow(), collector.groups.buildOrThrow());
          });
    } catch (RuntimeException e) {
      close(file);
      throw e;
    }
  }

  /** Walks the groups; a damaged file may point in circles. */
  private static final class Collector {
    final ImmutableMap.Builder<String, Dataset> datasets = ImmutableMap.builder();
    final ImmutableMap.Builder<String, Group> groups = ImmutableMap.builder();
    private final String where;
    private int nodes;

    Collector(String where) {
      this.where = where;
    }

    void collect(Group group, String prefix, int depth) {
      groups.put(prefix, group);
      for (Map.Entry<String, Node> child : group.getChildren().entrySet()) {
        if (depth > DEEPEST || ++nodes > MOST_NODES) {
          throw new InvalidInputException(where + ": damaged HDF5 file (its groups have no end)");
        }
        String path = prefix.isEmpty() ? child.getKey() : prefix + "/" + child.getKey();
        if (child.getValue() instanceof Group nested) {
          collect(nested, path, depth + 1);
        } else if (child.getValue() instanceof Dataset dataset) {
          datasets.put(path, dataset);
        }
      }
    }
  }

  /** Runs what reads a file: jHDF meets a damaged one with any of its or the JDK's exceptions. */
  private static <T> T guarded(String where, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InvalidInputException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: damaged or not an HDF5 file (%s)",
              where,
              reason.isEmpty() || reason.equals("null") ? e.getClass().getSimpleName() : reason),
          e);
    }
  }

  /** Every array below a group by its path inside it, in the file's order. */
  public ImmutableMap<String, StoredVariable> arrays(String group) {
    String prefix = group.isEmpty() ? "" : group + "/";
    ImmutableMap.Builder<String, StoredVariable> arrays = ImmutableMap.builder();
    datasets.forEach(
        (path, dataset) -> {
          if (path.startsWith(prefix)) {
            arrays.put(path.substring(prefix.length()), variable(path, dataset));
          }
        });
    return arrays.buildOrThrow();
  }

  /** Whether there is a group. */
  public boolean hasGroup(String path) {
    return groups.containsKey(path);
  }

  /** Paths of all groups. */
  Iterable<String> groups() {
    return groups.keySet();
  }

  /** An attribute that holds one text; empty where it is missing or holds something else. */
  public Optional<String> text(String group, String name) {
    return attribute(group, name).filter(String.class::isInstance).map(String.class::cast);
  }

  /**
   * An attribute that holds texts. Keras cuts one that is too long for HDF5 into several, with 0,
   * 1, … behind the name.
   */
  ImmutableList<String> texts(String group, String name) {
    ImmutableList.Builder<String> texts = ImmutableList.builder();
    attribute(group, name).ifPresent(value -> addTexts(value, texts));
    for (int i = 0; ; i++) {
      Optional<Object> piece = attribute(group, name + i);
      if (piece.isEmpty()) {
        return texts.build();
      }
      addTexts(piece.get(), texts);
    }
  }

  private static void addTexts(Object value, ImmutableList.Builder<String> texts) {
    if (value instanceof String[] several) {
      texts.add(several);
    } else if (value instanceof String one) {
      texts.add(one);
    }
  }

  /** The value of an attribute; empty where it is missing. */
  public Optional<Object> attribute(String group, String name) {
    return guarded(
        where,
        () -> {
          Group node = groups.get(group);
          Attribute attribute = node == null ? null : node.getAttribute(name);
          return attribute == null || attribute.isEmpty()
              ? Optional.empty()
              : Optional.ofNullable(attribute.getData());
        });
  }

  private StoredVariable variable(String path, Dataset dataset) {
    return guarded(
        where,
        () -> {
          int[] sizes = dataset.getDimensions();
          Shape shape = Shape.of(Arrays.stream(sizes).mapToLong(size -> size).toArray());
          return new StoredVariable(path, dtype(dataset), shape, new DatasetValues(path, dataset));
        });
  }

  private static String dtype(Dataset dataset) {
    // jHDF boxes the value of a scalar.
    Class<?> type = Primitives.unwrap(dataset.getJavaType());
    int bits = Byte.SIZE * dataset.getDataType().getSize();
    if (type == float.class || type == double.class) {
      return "float" + bits;
    }
    return type == String.class || type.isArray() ? type.getSimpleName() : "int" + bits;
  }

  @Override
  public void close() {
    close(file);
  }

  private static void close(HdfFile file) {
    try {
      file.close();
    } catch (RuntimeException e) {
      // The file was only read.
    }
  }

  /** Reads one array on demand. */
  private final class DatasetValues implements StoredVariable.Values {
    private final String path;
    private final Dataset dataset;

    DatasetValues(String path, Dataset dataset) {
      this.path = path;
      this.dataset = dataset;
    }

    private Object flat() {
      return guarded(
          where,
          () -> {
            long bytes = Math.multiplyExact(dataset.getSize(), dataset.getDataType().getSize());
            // Keras compresses nothing; an attack with such a file gains less than this.
            if (bytes / 1000 > file.size()) {
              throw new InvalidInputException(
                  String.format(
                      Locale.ROOT,
                      "%s: array '%s' has %,d bytes, the file %,d",
                      where,
                      path,
                      bytes,
                      file.size()));
            }
            if (dataset.getSize() == 0) {
              return new float[0];
            }
            new ChunkSizes(dataset, where + ": array '" + path + "'").require();
            Object flat =
                dataset.isScalar() ? new Object[] {dataset.getData()} : dataset.getDataFlat();
            if (Array.getLength(flat) != dataset.getSize()) {
              throw new InvalidInputException(
                  String.format(
                      Locale.ROOT,
                      "%s: array '%s' has %d values, expected %d",
                      where,
                      path,
                      Array.getLength(flat),
                      dataset.getSize()));
            }
            return flat;
          });
    }

    @Override
    public float[] floats() {
      Object flat = flat();
      if (flat instanceof float[] floats) {
        return floats;
      }
      float[] floats = new float[Array.getLength(flat)];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = number(flat, i).floatValue();
      }
      return floats;
    }

    @Override
    public long[] integers() {
      Object flat = flat();
      long[] integers = new long[Array.getLength(flat)];
      for (int i = 0; i < integers.length; i++) {
        integers[i] = number(flat, i).longValue();
      }
      return integers;
    }

    @Override
    public String[] texts() {
      Object flat = flat();
      String[] texts = new String[Array.getLength(flat)];
      for (int i = 0; i < texts.length; i++) {
        texts[i] = String.valueOf(Array.get(flat, i));
      }
      return texts;
    }

    private Number number(Object flat, int index) {
      if (Array.get(flat, index) instanceof Number number) {
        return number;
      }
      throw new InvalidInputException(where + ": array '" + path + "' holds no numbers");
    }
  }
}
