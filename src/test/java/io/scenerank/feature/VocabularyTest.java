package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VocabularyTest {
  @Test
  void valuesKeepTheirIdsAndTheirOrder() {
    Vocabulary users = Vocabulary.texts("user").add("ben", 2).add("", 0).add("anna", 1).build();
    assertThat(users.kind()).isEqualTo(Vocabulary.Kind.TEXT);
    assertThat(users.ids().entrySet())
        .containsExactlyElementsOf(ImmutableMap.of("ben", 2, "", 0, "anna", 1).entrySet());
    Vocabulary videos =
        Vocabulary.integers("video").add(Long.MIN_VALUE, 1).add(0, 2).add("17", 3).build();
    assertThat(videos.ids()).containsOnlyKeys("-9223372036854775808", "0", "17");
  }

  static Stream<Arguments> wrong() {
    Vocabulary.Kind text = Vocabulary.Kind.TEXT;
    Vocabulary.Kind integer = Vocabulary.Kind.INTEGER;
    return Stream.of(
        Arguments.of(
            text,
            "a\tb",
            1,
            "the value 'a\\tb' holds a tab or a line break, which a vocabulary cannot hold"),
        Arguments.of(
            text,
            "a\nb",
            1,
            "the value 'a\\nb' holds a tab or a line break, which a vocabulary cannot hold"),
        Arguments.of(
            text,
            "a\r",
            1,
            "the value 'a\\r' holds a tab or a line break, which a vocabulary cannot hold"),
        Arguments.of(text, "a\ud800", 1, "the value 'a\ud800' is not a Unicode text"),
        Arguments.of(text, "a", -1, "the value 'a' has the id -1, expected 0 or more"),
        Arguments.of(
            text, "", 1, "the value '' is the padding value, but has the id 1, expected 0"),
        Arguments.of(integer, "a", 1, "the value 'a' is not an integer of 64 bits"),
        Arguments.of(integer, "007", 1, "the value '007' is not an integer of 64 bits"),
        Arguments.of(integer, "+7", 1, "the value '+7' is not an integer of 64 bits"),
        Arguments.of(
            integer,
            "9223372036854775808",
            1,
            "the value '9223372036854775808' is not an integer of 64 bits"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void aValueThatCannotBeLookedUpIsNamed(
      Vocabulary.Kind kind, String value, int id, String message) {
    assertThatThrownBy(() -> new Vocabulary("user", kind, ImmutableMap.of(value, id)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("vocabulary 'user': " + message);
  }

  @Test
  void aValueThatStandsTwiceIsNamed() {
    assertThatThrownBy(() -> Vocabulary.texts("user").add("anna", 1).add("anna", 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("vocabulary 'user': the value 'anna' occurs twice, with the ids 1 and 2");
    assertThatThrownBy(() -> Vocabulary.integers("video").add(7, 1).add("7", 1))
        .hasMessage("vocabulary 'video': the value '7' occurs twice, with the ids 1 and 1");
  }

  @Test
  void anEmptyVocabulary() {
    assertThatThrownBy(() -> Vocabulary.texts("user").build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("vocabulary 'user' is empty");
  }

  @Test
  void idsLieInTheTable() {
    Vocabulary users = Vocabulary.texts("user").add("anna", 1).add("zoe", 4).build();
    users.requireIdsBelow(5);
    assertThatThrownBy(() -> users.requireIdsBelow(4))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("vocabulary 'user': the value 'zoe' has the id 4, expected an id in [0, 4)");
  }
}
