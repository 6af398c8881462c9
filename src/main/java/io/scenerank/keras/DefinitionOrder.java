package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.SetMultimap;
import io.scenerank.config.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** One order of columns out of those that the groups have. */
final class DefinitionOrder {
  private static final int SHOWN = 10;

  private final String where;
  private final List<Group> groups = new ArrayList<>();

  /** Columns in the order in which something reads them. */
  private record Group(String reader, ImmutableList<String> columns) {}

  DefinitionOrder(String where) {
    this.where = where;
  }

  /**
   * @param reader names what reads the columns in this order
   */
  void add(String reader, List<String> columns) {
    groups.add(new Group(reader, ImmutableList.copyOf(columns)));
  }

  /**
   * The columns of all groups in an order that agrees with each.
   *
   * @param preferred the order of columns that are in no common group
   * @throws InvalidInputException naming columns that two groups have in different orders
   */
  ImmutableList<String> merged(List<String> preferred) {
    Map<String, Integer> places = new HashMap<>();
    preferred.forEach(column -> places.putIfAbsent(column, places.size()));
    SetMultimap<String, String> followers = LinkedHashMultimap.create();
    Map<String, Integer> waiting = new HashMap<>();
    Set<String> all = new LinkedHashSet<>(preferred);
    groups.forEach(group -> all.addAll(group.columns()));
    for (Group group : groups) {
      for (int i = 1; i < group.columns().size(); i++) {
        String column = group.columns().get(i);
        if (followers.put(group.columns().get(i - 1), column)) {
          waiting.merge(column, 1, Integer::sum);
        }
      }
    }
    PriorityQueue<String> free =
        new PriorityQueue<>(
            Comparator.<String>comparingInt(
                    column -> places.getOrDefault(column, Integer.MAX_VALUE))
                .thenComparing(Comparator.naturalOrder()));
    all.stream().filter(column -> !waiting.containsKey(column)).forEach(free::add);
    Set<String> merged = new LinkedHashSet<>();
    while (!free.isEmpty()) {
      String column = free.remove();
      merged.add(column);
      for (String follower : followers.get(column)) {
        if (waiting.merge(follower, -1, Integer::sum) == 0) {
          free.add(follower);
        }
      }
    }
    if (merged.size() < all.size()) {
      all.removeAll(merged);
      throw contradiction(ImmutableList.copyOf(all));
    }
    return ImmutableList.copyOf(merged);
  }

  private InvalidInputException contradiction(ImmutableList<String> columns) {
    List<String> shown = columns.stream().limit(SHOWN).map(FunctionalFields::shown).toList();
    List<String> readers =
        groups.stream()
            .filter(group -> group.columns().stream().filter(columns::contains).count() > 1)
            .map(Group::reader)
            .distinct()
            .limit(SHOWN)
            .toList();
    return new InvalidInputException(
        String.format(
            "%s: the feature columns %s have different orders in %s, so that no single list of"
                + " columns fits all",
            where, String.join(", ", shown), String.join(", ", readers)));
  }
}
