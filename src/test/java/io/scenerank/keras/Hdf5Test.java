package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrays that are written and read again. */
class Hdf5Test {
  @TempDir private Path temp;

  @Test
  void arraysOfEverySizeComeBack() {
    Path path = temp.resolve("arrays.h5");
    try (Hdf5Writer writer = new Hdf5Writer(path)) {
      writer.put("a", "step", 7L);
      writer.put("a", "rate", 0.5f);
      writer.put("a/b", "cube", new float[][][] {{{1}, {2}}, {{3}, {4}}});
      writer.put("a/b", "doubles", new double[] {0.1});
    }
    try (Hdf5 file = Hdf5.open(path, "arrays.h5")) {
      var arrays = file.arrays("a");
      assertThat(arrays.get("step").readLong("arrays.h5")).isEqualTo(7);
      assertThat(arrays.get("step").dtype()).isEqualTo("int64");
      assertThat(arrays.get("rate").read("arrays.h5").values()).containsExactly(0.5f);
      assertThat(arrays.get("b/cube").read("arrays.h5").values()).containsExactly(1, 2, 3, 4);
      assertThat(arrays.get("b/cube").shape().asArray()).containsExactly(2, 2, 1);
      assertThat(arrays.get("b/doubles").dtype()).isEqualTo("float64");
      assertThat(arrays.get("b/doubles").read("arrays.h5").values()).containsExactly(0.1f);
    }
  }
}
