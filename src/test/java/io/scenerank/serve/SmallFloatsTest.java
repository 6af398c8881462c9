package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Floats of 16 bits, by the values that IEEE 754 and bfloat16 give their bits. */
class SmallFloatsTest {
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "0000,0.0",
    "8000,-0.0",
    "3C00,1.0",
    "C000,-2.0",
    "3555,0.33325195",
    "7BFF,65504.0",
    "0400,6.1035156E-5",
    "0001,5.9604645E-8",
    "83FF,-6.0975552E-5",
    "7C00,Infinity",
    "FC00,-Infinity",
    "7E00,NaN",
  })
  void halves(String bits, float value) {
    assertThat(SmallFloats.ofHalf((short) Integer.parseInt(bits, 16)))
        .isEqualTo(Float.valueOf(value));
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({"0000,0.0", "3F80,1.0", "C040,-3.0", "7F80,Infinity", "0001,9.1835E-41"})
  void bfloats(String bits, float value) {
    assertThat(SmallFloats.ofBfloat16((short) Integer.parseInt(bits, 16)))
        .isEqualTo(Float.valueOf(value));
  }

  @Property
  void theSignIsTheFirstBit(@ForAll short bits) {
    float value = SmallFloats.ofHalf((short) (bits & 0x7FFF));
    assertThat(SmallFloats.ofHalf((short) (bits | 0x8000))).isEqualTo(Float.valueOf(-value));
  }

  @Property
  void whatIsWrittenIsReadAgain(@ForAll short bits) {
    float half = SmallFloats.ofHalf(bits);
    float bfloat = SmallFloats.ofBfloat16(bits);
    assertThat(Float.isNaN(half) || SmallFloats.half(half) == bits).isTrue();
    assertThat(Float.isNaN(bfloat) || SmallFloats.bfloat16(bfloat) == bits).isTrue();
  }
}
