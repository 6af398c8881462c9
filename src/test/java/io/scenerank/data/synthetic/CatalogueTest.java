package io.scenerank.data.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class CatalogueTest {
  private static double power(double share) {
    return Catalogue.HEAD_POWER - share * (Catalogue.HEAD_POWER - Catalogue.TAIL_POWER);
  }

  @Property(tries = 20_000)
  void placeIsThatOfTheExactFunction(@ForAll @DoubleRange(min = 0, max = 1) double share) {
    assertThat(Catalogue.place(power(share))).isEqualTo(Catalogue.exactPlace(power(share)));
  }

  /** Where the next floating-point number may already be another place. */
  @Property(tries = 2_000)
  void placeIsExactNextToAWholeNumber(
      @ForAll @IntRange(min = 1, max = Catalogue.VIDEOS - 1) int place,
      @ForAll @IntRange(min = -20, max = 20) int steps) {
    double power = StrictMath.pow(place + 30.0, -0.1);
    double near = power + steps * Math.ulp(power);
    assertThat(Catalogue.place(near)).isEqualTo(Catalogue.exactPlace(near));
  }
}
