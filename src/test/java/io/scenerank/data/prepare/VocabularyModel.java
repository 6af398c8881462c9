package io.scenerank.data.prepare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rules by which values get and lose ids, in plain Java: what data sets that extend each other
 * are compared with.
 */
final class VocabularyModel {
  /** A value: {@code id} 0 waits for more occurrences. */
  record Entry(int id, long count, long seen, int since) {}

  /** An occurrence in a training row. */
  record Seen(long value, long time) {}

  private final int minCount;
  private final long olderThan;
  private final int keep;
  private final Map<Long, Entry> entries = new TreeMap<>();
  private int size = 1;
  private int generation = -1;

  /**
   * @param olderThan the age at which a value loses its id, or 0
   * @param keep how many values have ids, or 0
   */
  VocabularyModel(int minCount, long olderThan, int keep) {
    this.minCount = minCount;
    this.olderThan = olderThan;
    this.keep = keep;
  }

  /** A day. */
  void add(List<Seen> rows, long now) {
    generation++;
    for (Seen row : rows) {
      Entry old = entries.getOrDefault(row.value(), new Entry(0, 0, Long.MIN_VALUE, -1));
      entries.put(
          row.value(), new Entry(old.id, old.count + 1, Math.max(old.seen, row.time()), old.since));
    }
    if (olderThan > 0) {
      entries.values().removeIf(entry -> entry.seen < now - olderThan);
    }
    Comparator<Map.Entry<Long, Entry>> newestFirst =
        Comparator.<Map.Entry<Long, Entry>>comparingLong(entry -> -entry.getValue().seen)
            .thenComparingLong(entry -> -entry.getValue().count)
            .thenComparingInt(
                entry -> entry.getValue().id == 0 ? Integer.MAX_VALUE : entry.getValue().id)
            .thenComparingLong(Map.Entry::getKey);
    List<Long> kept =
        entries.entrySet().stream()
            .filter(entry -> entry.getValue().id > 0 || entry.getValue().count >= minCount)
            .sorted(newestFirst)
            .limit(keep == 0 ? Long.MAX_VALUE : keep)
            .map(Map.Entry::getKey)
            .toList();
    entries.entrySet().removeIf(entry -> entry.getValue().id > 0 && !kept.contains(entry.getKey()));
    TreeSet<Integer> free = new TreeSet<>();
    for (int id = 1; id < size; id++) {
      free.add(id);
    }
    entries.values().forEach(entry -> free.remove(entry.id));
    for (long value : new TreeSet<>(kept)) {
      Entry entry = entries.get(value);
      if (entry.id == 0) {
        Integer first = free.pollFirst();
        int id = first == null ? size++ : first;
        entries.put(value, new Entry(id, entry.count, entry.seen, generation));
      }
    }
    forgetWaiting(newestFirst);
  }

  private void forgetWaiting(Comparator<Map.Entry<Long, Entry>> newestFirst) {
    if (keep > 0) {
      List<Long> forgotten =
          entries.entrySet().stream()
              .filter(entry -> entry.getValue().id == 0)
              .sorted(newestFirst)
              .skip(keep)
              .map(Map.Entry::getKey)
              .toList();
      entries.keySet().removeAll(forgotten);
    }
  }

  /** Rows of the table. */
  int size() {
    return size;
  }

  /** The ids of values. */
  Map<Long, Integer> ids() {
    Map<Long, Integer> ids = new HashMap<>();
    entries.forEach(
        (value, entry) -> {
          if (entry.id > 0) {
            ids.put(value, entry.id);
          }
        });
    return ids;
  }

  /** The lines of the vocabulary, in the order of the ids: value, id, count, since. */
  List<String> vocabulary() {
    List<String> lines = new ArrayList<>();
    entries.entrySet().stream()
        .filter(entry -> entry.getValue().id > 0)
        .sorted(Comparator.comparingInt(entry -> entry.getValue().id))
        .forEach(
            entry -> {
              Entry e = entry.getValue();
              lines.add(entry.getKey() + "|" + e.id + "|" + e.count + "|" + e.since);
            });
    return lines;
  }

  /** The lines of the values that wait, in their order: value, count. */
  List<String> waiting() {
    return entries.entrySet().stream()
        .filter(entry -> entry.getValue().id == 0)
        .map(entry -> entry.getKey() + "|" + entry.getValue().count)
        .toList();
  }
}
