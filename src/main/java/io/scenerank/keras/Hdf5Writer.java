package io.scenerank.keras;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import io.scenerank.variable.FloatTensor;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Writes an HDF5 file of float arrays in nested groups. */
final class Hdf5Writer implements AutoCloseable {
  private final WritableHdfFile file;
  private final Map<String, WritableGroup> groups = new HashMap<>();

  Hdf5Writer(Path path) {
    this.file = HdfFile.write(path);
  }

  /**
   * Writes an array.
   *
   * @param group path of its group, which is made where it is not there yet
   */
  void put(String group, String name, FloatTensor tensor) {
    int[] sizes = Arrays.stream(tensor.shape().asArray()).mapToInt(Math::toIntExact).toArray();
    float[] values = tensor.values();
    put(group, name, sizes.length == 0 ? values[0] : nested(values, sizes, 0, 0));
  }

  /** Writes an array of float64 with the values of one of float32. */
  void putDoubles(String group, String name, FloatTensor tensor) {
    int[] sizes = Arrays.stream(tensor.shape().asArray()).mapToInt(Math::toIntExact).toArray();
    double[] values = new double[tensor.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.values()[i];
    }
    put(group, name, sizes.length == 0 ? values[0] : nested(values, sizes, 0, 0));
  }

  /**
   * Writes an array of arrays, or a scalar.
   *
   * @param value of a primitive type or of arrays of one
   */
  void put(String group, String name, Object value) {
    group(group).putDataset(name, value);
  }

  /**
   * Gives a group an attribute.
   *
   * @param group path of the group; empty for the file itself
   * @param value a text or an array of texts
   */
  void attribute(String group, String name, Object value) {
    group(group).putAttribute(name, value);
  }

  private WritableGroup group(String path) {
    if (path.isEmpty()) {
      return file;
    }
    WritableGroup known = groups.get(path);
    if (known == null) {
      int cut = path.lastIndexOf('/');
      WritableGroup parent = cut < 0 ? file : group(path.substring(0, cut));
      known = parent.putGroup(path.substring(cut + 1));
      groups.put(path, known);
    }
    return known;
  }

  /** The values from {@code offset} on as an array of arrays of the sizes from {@code axis} on. */
  private static Object nested(Object values, int[] sizes, int axis, int offset) {
    Class<?> type = values.getClass().getComponentType();
    if (axis == sizes.length - 1) {
      Object row = Array.newInstance(type, sizes[axis]);
      System.arraycopy(values, offset, row, 0, sizes[axis]);
      return row;
    }
    int stride = 1;
    for (int i = axis + 1; i < sizes.length; i++) {
      stride *= sizes[i];
    }
    int[] rest = Arrays.copyOfRange(sizes, axis, sizes.length);
    Object array = Array.newInstance(type, rest);
    for (int i = 0; i < sizes[axis]; i++) {
      Array.set(array, i, nested(values, sizes, axis + 1, offset + i * stride));
    }
    return array;
  }

  /** Writes the file. */
  @Override
  public void close() {
    file.close();
  }
}
