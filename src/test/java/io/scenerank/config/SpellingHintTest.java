package io.scenerank.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingHintTest {
  private static final ImmutableList<String> KNOWN =
      ImmutableList.of("pepnet", "mmoe", "apg", "learning_rate", "batch_size");

  @ParameterizedTest
  @CsvSource({
    "pepnt,pepnet", // missing
    "peppnet,pepnet", // too many
    "pebnet,pepnet", // another
    "PepNet,pepnet", // case
    "mmeo,mmoe", // swapped: two edits
    "lerning_rat,learning_rate",
    "learningrate,learning_rate"
  })
  void findsWhatWasMeant(String typed, String meant) {
    assertThat(SpellingHint.to(typed, KNOWN)).contains(meant);
    assertThat(SpellingHint.hint(typed, KNOWN)).isEqualTo("; did you mean '" + meant + "'?");
  }

  @Test
  void takesTheNearestOfSeveral() {
    assertThat(SpellingHint.to("emb_dims", List.of("emb_dim", "emb_name"))).contains("emb_dim");
  }

  @Test
  void listsWhatIsKnownWhereNothingIsNear() {
    assertThat(SpellingHint.to("transformer", KNOWN)).isEmpty();
    assertThat(SpellingHint.hint("transformer", KNOWN))
        .isEqualTo("; known: apg, batch_size, learning_rate, mmoe, pepnet");
  }

  @Property(tries = 100)
  void oneWrongLetterIsForgiven(
      @ForAll @AlphaChars @StringLength(min = 3, max = 12) String name,
      @ForAll @IntRange(min = 0, max = 11) int place) {
    int at = place % name.length();
    String typed = name.substring(0, at) + '#' + name.substring(at + 1);
    assertThat(SpellingHint.to(typed, List.of(name))).contains(name);
  }
}
