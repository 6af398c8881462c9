package io.scenerank.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.model.Models;
import io.scenerank.testing.CaseEditor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases that {@code python-parity/make_cases.py --golden} wrote from Keras. */
class GoldenCasesTest {
  private static final String SEEDED = "golden-replay-keras3-dropout-seeded";

  private final ParityCheck check = new ParityCheck(Models.standard());

  @TempDir Path temp;

  static List<Path> goldens() throws IOException {
    try (Stream<Path> files = Files.list(CaseEditor.golden("x").getParent())) {
      List<Path> cases = files.filter(file -> file.toString().endsWith(".h5")).sorted().toList();
      assertThat(cases).hasSizeGreaterThanOrEqualTo(9);
      return cases;
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void isWithinTheDefaultTolerances(Path golden) {
    ParityCheck.CaseResult result = check.run(golden);
    assertThat(result.tensors()).as("compared tensors of %s", golden).isNotEmpty();
    assertThat(result.tensors()).as("%s", golden).allMatch(TensorComparison::passed);
    assertThat(result.tensors())
        .extracting(tensor -> tensor.tensor().split("/")[0])
        .as("outputs are compared")
        .contains("outputs");
    assertThat(result.passed()).isTrue();
  }

  @Test
  void everyExpectedTensorIsCompared() {
    CaseFile file = new CaseReader().read(CaseEditor.golden("golden-replay-keras3-dropout"));
    int weights = file.weights().size();
    assertThat(check.run(file.path()).tensors())
        .extracting(TensorComparison::tensor)
        .doesNotHaveDuplicates()
        .contains("outputs/is_click", "steps/loss", "weight_grads/linear_dense/bias")
        .contains("steps/weights_after/embedding/history/embeddings")
        .hasSize(1 + weights + 1 + weights);
  }

  @Test
  void firstValuesAreComparedWhereTheirSeedsAreKnown() {
    CaseFile file = new CaseReader().read(CaseEditor.golden(SEEDED));
    assertThat(check.run(file.path()).tensors())
        .filteredOn(tensor -> tensor.tensor().startsWith("initial/"))
        .hasSize(file.weights().size())
        .allMatch(tensor -> tensor.tolerance() == 0 && tensor.maxAbs() == 0);
  }

  /**
   * One bit of a weight, or another seed, and the first values are no longer the case's weights.
   */
  @ParameterizedTest
  @CsvSource({
    "weights/dnn/ppnet/dense_layers/0/0/kernel, initial/dnn/ppnet/dense_layers/0/0/kernel",
    "weights/embedding/tab/embeddings, initial/embedding/tab/embeddings",
    "steps/initializer_seeds/embedding/history/embeddings, initial/embedding/history/embeddings",
  })
  void otherFirstValuesFail(String changed, String tensor) {
    Path wrong =
        CaseEditor.edit(
            CaseEditor.golden(SEEDED),
            temp.resolve("wrong.h5"),
            file -> change(file.data(changed)));
    assertThat(check.run(wrong).tensors())
        .filteredOn(comparison -> !comparison.passed())
        .extracting(TensorComparison::tensor)
        .containsExactly(tensor);
  }

  private static void change(Object data) {
    if (data instanceof long[] seeds) {
      seeds[0]++;
    } else {
      float[] row = ((float[][]) data)[1];
      row[1] = Math.nextUp(row[1]);
    }
  }

  /** A wrong number in the file, and the place that the report must name. */
  @ParameterizedTest
  @CsvSource({
    "gate_nu-odd, outputs/out, 3, 2",
    "gate_nu-odd, input_grads/x, 0, 7",
    "pp_net-2_towers-7x3-relu, outputs/out_1, 5, 0",
    "pp_net-2_towers-7x3-relu, weight_grads/gate_nu/1/dense_layers/0/kernel, 11, 5",
    "golden-pepnet, outputs/is_like, 11, 0",
    "golden-pepnet, weight_grads/embedding/user_id/embeddings, 6, 2",
    "golden-replay-keras3-dropout, steps/weights_after/linear/user_id/embeddings, 4, 0",
  })
  void aWrongExpectedNumberFailsThatTensorAloneAndIsNamed(
      String name, String tensor, int row, int column) {
    Path wrong =
        CaseEditor.edit(
            CaseEditor.golden(name),
            temp.resolve("wrong.h5"),
            file -> ((float[][]) file.data(tensor))[row][column] += 0.01f);
    ParityCheck.CaseResult result = check.run(wrong);
    List<TensorComparison> failed =
        result.tensors().stream().filter(comparison -> !comparison.passed()).toList();
    assertThat(failed).extracting(TensorComparison::tensor).containsExactly(tensor);
    assertThat(failed.get(0).at()).containsExactly((long) row, (long) column);
    // 0.01 was added in float32; what Java computes differs by a hundredth of that at most.
    assertThat(failed.get(0).maxAbs()).isBetween(0.0099, 0.0101);
    assertThat(failed.get(0).expected() - failed.get(0).actual()).isBetween(0.0099f, 0.0101f);
    assertThat(result.passed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "gate_nu-odd, weights/dense_layers/1/bias, outputs/out",
    "pp_net-2_towers-7x3-relu, weights/dense_layers/1/1/bias, outputs/out_1",
  })
  void aChangedWeightFailsTheOutputsThatItReaches(String name, String weight, String output) {
    Path wrong =
        CaseEditor.edit(
            CaseEditor.golden(name),
            temp.resolve("wrong.h5"),
            file -> ((float[]) file.data(weight))[0] += 0.01f);
    assertThat(check.run(wrong).tensors())
        .filteredOn(tensor -> tensor.tensor().startsWith("outputs/") && !tensor.passed())
        .extracting(TensorComparison::tensor)
        .containsExactly(output);
  }

  @Test
  void anExpectedNanIsAFailure() {
    Path wrong =
        CaseEditor.edit(
            CaseEditor.golden("gate_nu-odd"),
            temp.resolve("nan.h5"),
            file -> ((float[][]) file.data("outputs/out"))[1][1] = Float.NaN);
    TensorComparison output =
        check.run(wrong).tensors().stream()
            .filter(tensor -> tensor.tensor().equals("outputs/out"))
            .findFirst()
            .orElseThrow();
    assertThat(output.passed()).isFalse();
    assertThat(output.at()).containsExactly(1L, 1L);
    assertThat(output.maxAbs()).isInfinite();
  }

  @Test
  void aTighterToleranceIsTheCallersToChoose() {
    ParityCheck zero = new ParityCheck(Models.standard(), 1e-12);
    ParityCheck.CaseResult result = zero.run(CaseEditor.golden("golden-replay-keras3-dropout"));
    assertThat(result.passed())
        .as("ten steps of Adam in float32 do not agree to twelve digits")
        .isFalse();
    assertThat(result.tensors()).allMatch(tensor -> tensor.tolerance() == 1e-12);
  }
}
