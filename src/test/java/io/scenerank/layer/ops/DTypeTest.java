package io.scenerank.layer.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class DTypeTest {
  @Test
  void numbersOfPythonTakeTheTypeBesideThem() {
    assertThat(DType.result(DType.FLOAT16, DType.WEAK_FLOAT)).isEqualTo(DType.FLOAT16);
    assertThat(DType.result(DType.INT64, DType.WEAK_INT)).isEqualTo(DType.INT64);
    assertThat(DType.result(DType.INT64, DType.WEAK_FLOAT)).isEqualTo(DType.FLOAT32);
    assertThat(DType.result(DType.BOOL, DType.WEAK_INT)).isEqualTo(DType.INT32);
  }

  @Test
  void halfFloatsOfBothKindsMakeFloat32() {
    assertThat(DType.result(DType.FLOAT16, DType.BFLOAT16)).isEqualTo(DType.FLOAT32);
    assertThat(DType.result(DType.BFLOAT16, DType.INT64)).isEqualTo(DType.BFLOAT16);
    assertThat(DType.result(DType.FLOAT32, DType.FLOAT64)).isEqualTo(DType.FLOAT64);
  }

  @Test
  void namesAreThoseOfKeras() {
    assertThat(DType.named("int")).isEqualTo(DType.INT64);
    assertThat(DType.named("int8")).isEqualTo(DType.INT32);
    assertThatThrownBy(() -> DType.named("float8")).hasMessage("the type 'float8' is unknown");
  }
}
