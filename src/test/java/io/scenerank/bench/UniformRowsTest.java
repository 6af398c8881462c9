package io.scenerank.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UniformRowsTest {
  private static final ModelDefinition<?> MMOE = BenchModel.of(Models.standard().get("mmoe"));

  @Test
  void rowsAreThoseThatPythonMakes() {
    PackedRows rows = UniformRows.of(BenchModel.format(MMOE), 3, 7);
    // The same values are in python-parity/tests/test_bench.py.
    assertThat(first(rows, 0)).containsExactly(438, 25756, 18618);
    assertThat(first(rows, 2)).containsExactly(199, 70263, 32989);
    assertThat(labels(rows)).containsExactly(1, 1, 0);
  }

  @Test
  void rowsOfASeedAreTheFirstOfMoreRows() {
    PackedRows few = UniformRows.of(BenchModel.format(MMOE), 3, 7);
    PackedRows many = UniformRows.of(BenchModel.format(MMOE), 30, 7);
    assertThat(first(few, 2)).isEqualTo(first(many, 2));
    assertThat(first(few, 2)).isNotEqualTo(first(UniformRows.of(few.format(), 3, 8), 2));
  }

  private static List<Integer> first(PackedRows rows, int row) {
    return IntStream.range(0, 3).mapToObj(i -> rows.id(row, i)).toList();
  }

  private static List<Integer> labels(PackedRows rows) {
    return IntStream.range(0, 3).mapToObj(task -> (int) rows.label(0, task)).toList();
  }
}
