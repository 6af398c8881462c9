package io.scenerank.layer.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class EinsumTest {
  @Test
  void outputsAreImpliedAsInNumpy() {
    assertThat(Einsum.of("bij,bjk").output()).isEqualTo("ik");
    assertThat(Einsum.of("...ij,...jk").output()).isEqualTo("...ik");
    assertThat(Einsum.of("ij, jk -> ki").output()).isEqualTo("ki");
  }

  @Test
  void otherCharactersAreRefused() {
    assertThatThrownBy(() -> Einsum.of("ij;jk"))
        .hasMessage("subscripts are 'ij;jk', expected labels as in ij,jk->ik");
  }
}
