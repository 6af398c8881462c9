package io.scenerank.serve.raw;

import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Reads several values a row: the ids of the last ones. Missing values are left out.
 *
 * @param whole reads a text that holds all values, or each value of a list
 * @param delimiter between the values of a text; empty where they come as a list
 * @param element the spelling of the values
 * @param weightDelimiter between a value and its weight, where they have weights
 * @param ids what the values become
 */
record SequenceReader(
    TextReader whole,
    Optional<String> delimiter,
    Spelling element,
    Optional<String> weightDelimiter,
    IdSource ids)
    implements CellReader {
  private static final double LARGEST = Float.MAX_VALUE;

  @Override
  public void read(@Nullable Object value, int row, Block block) {
    if (value == null) {
      return;
    }
    block.begin();
    if (value instanceof Map<?, ?> weights && weightDelimiter.isPresent()) {
      readWeights(weights, block);
    } else if (delimiter.isPresent()) {
      readText(joined(value, delimiter.get(), block), delimiter.get(), block);
    } else {
      readList(value, block);
    }
    block.end(row);
  }

  /** A list says what a text would say that holds its values. */
  private @Nullable String joined(Object value, String mark, Block block) {
    List<?> list = Values.list(value);
    if (list == null) {
      return whole.text(value, block.limits());
    }
    block.limits().requireLength(list.size());
    StringJoiner text = new StringJoiner(mark);
    for (Object one : list) {
      requireSingle(one);
      text.add(one == null ? "" : Values.written(one));
    }
    return whole.spelled(text.toString());
  }

  private void readText(@Nullable String text, String mark, Block block) {
    if (text == null) {
      return;
    }
    int start = 0;
    for (int end = text.indexOf(mark); end >= 0; end = text.indexOf(mark, start)) {
      add(text.substring(start, end), block);
      start = end + mark.length();
    }
    add(text.substring(start), block);
  }

  private void readList(Object value, Block block) {
    List<?> list = Values.list(value);
    if (list == null) {
      // One value is a list of one, but a text may be meant to hold several.
      if (value instanceof CharSequence || !Values.isSingle(value)) {
        throw WrongValueException.of(value, "a list");
      }
      list = List.of(value);
    }
    block.limits().requireLength(list.size());
    for (Object one : list) {
      requireSingle(one);
      String text = whole.text(one, block.limits());
      if (text != null) {
        add(text, block);
      }
    }
  }

  private static void requireSingle(@Nullable Object one) {
    if (one != null && !Values.isSingle(one)) {
      throw WrongValueException.said(
          "a list that holds " + Values.shown(one), "texts or numbers in it");
    }
  }

  /** Values with their weights as a map has them. */
  private void readWeights(Map<?, ?> weights, Block block) {
    block.limits().requireLength(weights.size());
    weights.forEach(
        (key, weight) -> {
          String value = key == null ? null : TextForms.clean(key.toString());
          if (value != null) {
            add(value, weight == null ? null : weight.toString(), block);
          }
        });
  }

  private void add(String text, Block block) {
    if (weightDelimiter.isEmpty()) {
      String value = TextForms.trim(text);
      if (value != null) {
        addSpelled(value, 1, block);
      }
      return;
    }
    String mark = weightDelimiter.get();
    int at = last(text, mark);
    String value = TextForms.trim(at < 0 ? text : text.substring(0, at));
    if (value != null) {
      add(value, at < 0 ? null : text.substring(at + mark.length()), block);
    }
  }

  private void add(String value, @Nullable String weight, Block block) {
    String text = weight == null ? null : TextForms.trim(weight);
    OptionalDouble number = text == null ? OptionalDouble.empty() : NumberForms.parse(text);
    double found = number.orElse(Double.NaN);
    if (!(found >= 0 && found <= LARGEST)) {
      throw WrongValueException.said(
          Values.shown(value) + " with the weight " + (text == null ? "missing" : text),
          "a finite weight of 0 or more for each value");
    }
    addSpelled(value, (float) found, block);
  }

  private void addSpelled(String value, float weight, Block block) {
    String spelled = TextForms.spell(value, element);
    block.add(spelled == null ? 0 : block.id(ids, spelled), weight);
  }

  /** Where the last mark begins when a text is split from its beginning on. */
  private static int last(String text, String mark) {
    int last = -1;
    for (int at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length())) {
      last = at;
    }
    return last;
  }
}
