package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlNamesTest {
  @Test
  void namesStandOutsideOfTextsAndNumbers() {
    assertThat(SqlNames.in("Rating >= 4e5 AND \"weird \"\"name\" = 'it''s city' OR ln(größe_2)"))
        .containsExactlyInAnyOrder("rating", "and", "weird \"name", "or", "ln", "größe_2");
    assertThat(SqlNames.in("'only text'")).isEmpty();
  }

  @Test
  void oneNameAlone() {
    assertThat(SqlNames.single(" User_ID ")).contains("user_id");
    assertThat(SqlNames.single("\"a b\"")).contains("a b");
    assertThat(SqlNames.single("a + b")).isEmpty();
    assertThat(SqlNames.single("'a'")).isEmpty();
    assertThat(SqlNames.single("TRUE")).isEmpty();
  }
}
