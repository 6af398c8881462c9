package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class IdTableTest {

  @Property(tries = 200)
  void isAMapOfTexts(@ForAll List<String> texts, @ForAll List<String> others) {
    IdTable table = new IdTable(texts.size());
    Map<String, Integer> map = new LinkedHashMap<>();
    for (String raw : texts) {
      String text = encodable(raw);
      assertThat(table.add(text, map.size() + 1)).isEqualTo(!map.containsKey(text));
      map.putIfAbsent(text, map.size() + 1);
    }
    map.forEach((text, id) -> assertThat(table.get(text)).isEqualTo(id));
    others.forEach(
        raw ->
            assertThat(table.get(encodable(raw))).isEqualTo(map.getOrDefault(encodable(raw), 0)));
  }

  /** Lone surrogates are no Unicode text, and DuckDB holds none. */
  private static String encodable(String text) {
    return text.replaceAll("\\p{Cs}", "?");
  }

  @Test
  void idsInARowAndLongTextsHaveTheirPlaces() {
    IdTable table = new IdTable(100_001);
    for (int i = 1; i <= 100_000; i++) {
      assertThat(table.add(Integer.toString(9_000_000 + i), i)).isTrue();
    }
    String longer = "x".repeat(3 << 20); // beyond a page
    assertThat(table.add(longer, 100_001)).isTrue();
    for (int i = 1; i <= 100_000; i++) {
      assertThat(table.get(Integer.toString(9_000_000 + i))).isEqualTo(i);
    }
    assertThat(table.get(longer)).isEqualTo(100_001);
    assertThat(table.get("9100001")).isZero();
    assertThat(table.add("9000007", 5)).isFalse();
  }
}
