package io.scenerank.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.bench.TimedModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiplyAddsTest {
  private static final ImmutableList<String> THREE = ImmutableList.of("a", "b", "c");

  @Test
  void pepNetOf78ColumnsNeedsFourMillionMultiplyAddsARow() {
    MultiplyAdds work = PepNetWork.of(PepNetParams.defaults(THREE), 78 * 8, 8, 3 * 8);
    // EPNet: 632·624 + 624², twice, and 8·624 + 624² for inputs. Gates of 3·128 and 3·64 units on
    // 24 + 624 inputs likewise. Towers 624·128 + 128·64 + 64, three times for three tasks.
    long epNet = 2 * (632 * 624 + 624 * 624) + 8 * 624 + 624 * 624;
    long wide = 2 * (648 * 384 + 384 * 384) + 24 * 384 + 384 * 384;
    long narrow = 2 * (648 * 192 + 192 * 192) + 24 * 192 + 192 * 192;
    long towers = 3 * 3 * (624 * 128 + 128 * 64 + 64);
    assertThat(work.total()).isEqualTo(epNet + wide + narrow + towers).isEqualTo(4_068_288);
  }

  @Test
  void matricesOfTheSceneCostAnApgRowNothing() {
    ApgParams params = ApgParams.defaults(ImmutableList.of("is_click"));
    MultiplyAdds work = ApgWork.of(params, new InputWidths(definition("apg").columns()));
    int in = 21 * 8;
    // 168 → 42 → 42 → 42 → 42 → 256, then 256 → 32 → 32 → 32 → 32 → 128, then 1.
    long first = in * 42 + 3 * 42 * 42 + 42 * 256;
    long second = 256 * 32 + 3 * 32 * 32 + 32 * 128;
    assertThat(work).isEqualTo(MultiplyAdds.of(first + second + 128));
  }

  @Test
  void aMatrixThatManyInputsShareIsMadeFirst() {
    assertThat(GeneratedWork.of(16, 64, 64, 12))
        .isEqualTo(MultiplyAdds.of(16 * 64 * 64 + 12 * 64 * 64 + 16 * 64));
  }

  @Test
  void aMatrixOfOneInputIsNeverMade() {
    assertThat(GeneratedWork.of(16, 64, 64, 1))
        .isEqualTo(MultiplyAdds.of(16 * 64 * 64 + 16 * 64 + 16 * 64));
  }

  @Test
  void sharedMetaUnitsCostLessThanOwnOnes() {
    M2mParams shared = M2mParams.defaults(THREE);
    long units = (16L + 12) * 64 * 64 + 16 * 64 + (16L + 9) * 32 * 32 + 16 * 32;
    long user =
        definition("m2m").columns().stream().filter(c -> c.group().contains("user")).count();
    long rest = (8 + 8 * user) * 16 + 4 * 84 * 8 * 32 + 12 * 64 + 3 * 32;
    assertThat(M2mWork.of(shared, new InputWidths(definition("m2m").columns())))
        .isEqualTo(MultiplyAdds.of(3 * units + rest));
  }

  @ParameterizedTest
  @CsvSource({"pepnet, 85, 4491072", "m2m, 85, 1537824", "apg, 22, 115764", "mmoe, 16, 666432"})
  void modelsReadTheColumnsOfKuaiRand(String model, int columns, long multiplyAdds) {
    ModelDefinition<?> definition = definition(model);
    assertThat(definition.columns()).hasSize(columns);
    assertThat(definition.columns())
        .allSatisfy(column -> assertThat(column.embDim()).isEqualTo(8))
        .allSatisfy(column -> assertThat(column.l2Reg()).isZero());
    assertThat(definition.work().orElseThrow().total()).isEqualTo(multiplyAdds);
  }

  @ParameterizedTest
  @CsvSource({"pepnet", "apg", "m2m", "mmoe", "shared_bottom"})
  void everyModelOfTheLibraryIsCounted(String model) {
    MultiplyAdds work = definition(model).work().orElseThrow();
    assertThat(work.forward()).isPositive();
    assertThat(work.weights()).isEqualTo(work.forward());
    assertThat(work.inputs()).isPositive().isLessThanOrEqualTo(work.forward());
  }

  private static ModelDefinition<?> definition(String model) {
    return TimedModels.of(model);
  }
}
