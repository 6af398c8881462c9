package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class VocabularyDigestTest {
  private static String digest(Map<String, Integer> ids, long seed) {
    List<Map.Entry<String, Integer>> entries = new ArrayList<>(ids.entrySet());
    Collections.shuffle(entries, new Random(seed));
    Vocabulary.Digest digest = new Vocabulary.Digest();
    entries.forEach(entry -> digest.add(entry.getKey(), entry.getValue()));
    return digest.digest();
  }

  private static Map<String, Integer> known(Map<String, Integer> ids) {
    return ids.entrySet().stream()
        .filter(entry -> entry.getValue() != 0)
        .collect(ImmutableMap.toImmutableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Property(tries = 300)
  void twoVocabulariesHaveOneDigestIfTheyGiveTheSameIds(
      @ForAll @Size(max = 4) Map<String, @IntRange(max = 3) Integer> one,
      @ForAll @Size(max = 4) Map<String, @IntRange(max = 3) Integer> other,
      @ForAll long seed) {
    assertThat(digest(one, seed)).isEqualTo(digest(one, seed + 1));
    assertThat(digest(one, seed).equals(digest(other, seed)))
        .isEqualTo(known(one).equals(known(other)));
  }

  @Test
  void idsThatAreSwappedAreOthers() {
    assertThat(digest(ImmutableMap.of("a", 1, "b", 2), 1))
        .isNotEqualTo(digest(ImmutableMap.of("a", 2, "b", 1), 1));
    assertThat(digest(ImmutableMap.of("ab", 1), 1))
        .isNotEqualTo(digest(ImmutableMap.of("b", 1), 1));
  }

  @Test
  void numbersAndTheirTextsAreOneVocabulary() {
    Vocabulary integers = Vocabulary.integers("t").add(7, 1).add(-8, 2).build();
    Vocabulary texts = Vocabulary.texts("t").add("-8", 2).add("7", 1).add("", 0).build();
    assertThat(integers.digest()).isEqualTo(texts.digest());
  }
}
