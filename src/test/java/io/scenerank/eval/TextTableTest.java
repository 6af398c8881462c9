package io.scenerank.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.eval.TextTable.Cell;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Marks and escapes; the plain form is tested with the tables of an evaluation. */
class TextTableTest {
  private static final TextTable TABLE =
      TextTable.withHeader("model", "auc", "note")
          .plusCells(List.of(Cell.of("apg"), new Cell("0.5 ± 0.1", true), Cell.of("a|b")))
          .plusCells(List.of(Cell.of("m2m"), Cell.of("0.4 ± 0.2"), new Cell("good", true)))
          .plus("optimal", "0.8", "");

  @Test
  void aStarKeepsTheNumbersAligned() {
    assertThat(TABLE.render())
        .isEqualTo(
            """
            +---------+-------------+--------+
            | model   |         auc | note   |
            +=========+=============+========+
            | apg     | 0.5 ± 0.1 * | a|b    |
            +---------+-------------+--------+
            | m2m     | 0.4 ± 0.2   | good * |
            +---------+-------------+--------+
            | optimal |       0.8   |        |
            +---------+-------------+--------+
            """);
  }

  @Test
  void inMarkdownTheBestIsBoldAndNoTextEndsItsCell() {
    assertThat(TABLE.markdown())
        .isEqualTo(
            """
            | model   |           auc | note     |
            |---------|--------------:|----------|
            | apg     | **0.5 ± 0.1** | a\\|b     |
            | m2m     |     0.4 ± 0.2 | **good** |
            | optimal |           0.8 |          |
            """);
  }
}
