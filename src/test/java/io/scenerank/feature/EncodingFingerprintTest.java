package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.feature.EncodingFingerprint.Comparison;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Vocabularies that extend each other are told apart from those of other data. */
class EncodingFingerprintTest {
  private static final ImmutableList<FeatureColumn> FEATURES =
      ImmutableList.of(FeatureColumn.sparse("item", 9, 4), FeatureColumn.sparse("user", 9, 4));

  private static EncodingFingerprint of(String item, String user) {
    return new EncodingFingerprint(
        ImmutableMap.of(
            "item", new EncodingFingerprint.Column("item", item, "e"),
            "user", new EncodingFingerprint.Column("user", user, "e")));
  }

  private static Comparison compare(EncodingFingerprint model, EncodingFingerprint data) {
    return model.compare(data, FEATURES);
  }

  @Test
  void aLaterAndAnEarlierDayAreKnownByTheirVocabularies() {
    EncodingFingerprint monday = of("i1", "u1");
    EncodingFingerprint tuesday = monday.extended(of("i2", "u1"));
    EncodingFingerprint wednesday = tuesday.extended(of("i3", "u2"));
    assertThat(wednesday.generation()).isEqualTo(2);
    assertThat(wednesday.columns().get("item").earlier()).containsExactly("i1", "i2");

    Comparison later = compare(tuesday, wednesday);
    assertThat(later.agrees()).isFalse();
    assertThat(later.grows()).isTrue();
    assertThat(later.later()).containsExactly(Map.entry("item", 1), Map.entry("user", 1));
    assertThat(later.differences())
        .isEqualTo(
            "table 'item' (the data's is of a later day), table 'user' (the data's is of a later"
                + " day)");
    assertThat(compare(monday, wednesday).later())
        .containsEntry("item", 0)
        .containsEntry("user", 0);

    Comparison older = compare(wednesday, monday);
    assertThat(older.older()).containsExactly("item", "user");
    assertThat(older.grows()).isFalse();
    assertThat(older.differences()).startsWith("table 'item' (the data's is of an earlier day)");

    assertThat(compare(monday, tuesday).later().keySet())
        .as("no user was new")
        .containsExactly("item");
    assertThat(compare(tuesday, tuesday).agrees()).isTrue();
  }

  @Test
  void anotherExtensionOfTheSameDayIsAnotherVocabulary() {
    EncodingFingerprint monday = of("i1", "u1");
    Comparison mixed = compare(monday.extended(of("i2", "u2")), monday.extended(of("i3", "u2")));
    assertThat(mixed.differing()).containsExactly("table 'item'");
    assertThat(mixed.grows()).isFalse();
  }

  @Test
  void aVocabularyThatReturnsToAnEarlierOneIsOfItsOwnGeneration() {
    EncodingFingerprint data =
        of("i1", "u1").extended(of("i2", "u1")).extended(of("i1", "u1")).extended(of("i3", "u1"));
    assertThat(compare(of("i1", "u1"), data).later()).containsEntry("item", 0);
    EncodingFingerprint third = of("i1", "u1").extended(of("i2", "u1")).extended(of("i1", "u1"));
    assertThat(compare(third, data).later()).containsEntry("item", 2);
  }

  @Test
  void onlyAnExtensionNamesEarlierVocabularies() {
    ConfigMapper mapper = new ConfigMapper();
    EncodingFingerprint monday = of("i1", "u1");
    assertThat(mapper.toJson(monday)).doesNotContain("earlier");
    for (EncodingFingerprint each : List.of(monday, monday.extended(of("i2", "u2")))) {
      assertThat(
              mapper.convert(
                  mapper.parse(mapper.toJson(each), "json"), EncodingFingerprint.class, "json"))
          .isEqualTo(each);
    }
  }
}
