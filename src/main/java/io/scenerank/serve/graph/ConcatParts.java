package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableList;
import io.scenerank.serve.graph.SplitValue.Concatenated;
import io.scenerank.serve.graph.SplitValue.OfRows;
import io.scenerank.serve.graph.SplitValue.OfUser;
import io.scenerank.serve.graph.SplitValue.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;

/**
 * Cuts concatenated values into parts, and joins parts: along axis 1 of tensors of one type and
 * rank.
 */
final class ConcatParts {
  private final SplitGraph graph;
  private final DataType type;
  private final int rank;

  ConcatParts(SplitGraph graph, DataType type, int rank) {
    this.graph = graph;
    this.type = type;
    this.rank = rank;
  }

  /** Cuts into parts of these widths. */
  List<SplitValue> split(Concatenated concatenated, int[] widths) {
    List<SplitValue> parts = new ArrayList<>();
    int from = 0;
    for (int width : widths) {
      parts.add(part(concatenated, from, width));
      from += width;
    }
    return parts;
  }

  /** Neighbouring positions. */
  SplitValue part(Concatenated concatenated, int from, int width) {
    return pick(concatenated, IntStream.range(from, from + width).toArray());
  }

  /** Positions in an order of their own. */
  SplitValue pick(Concatenated concatenated, int[] positions) {
    boolean[] isUser = new boolean[width(concatenated.runs())];
    int[] place = new int[isUser.length]; // among those of its side
    int position = 0;
    int[] next = new int[2];
    for (Run run : concatenated.runs()) {
      for (int i = 0; i < run.width(); i++, position++) {
        isUser[position] = run.ofUser();
        place[position] = next[run.ofUser() ? 0 : 1]++;
      }
    }
    ImmutableList.Builder<Run> runs = ImmutableList.builder();
    List<Integer> user = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int picked : positions) {
      runs.add(new Run(isUser[picked], 1));
      (isUser[picked] ? user : rows).add(place[picked]);
    }
    if (user.isEmpty()) {
      return new OfRows(pick(concatenated.rows(), next[1], rows));
    }
    String ofUser = pick(concatenated.user(), next[0], user);
    return rows.isEmpty()
        ? new OfUser(ofUser, 1)
        : new Concatenated(ofUser, pick(concatenated.rows(), next[1], rows), merged(runs.build()));
  }

  private String pick(String tensor, int width, List<Integer> places) {
    int from = places.get(0);
    boolean neighbours = IntStream.range(0, places.size()).allMatch(i -> places.get(i) == from + i);
    if (neighbours) {
      return from == 0 && places.size() == width
          ? tensor
          : graph.emitter().slice(type, tensor, rank, from, places.size());
    }
    return graph
        .emitter()
        .gather(type, tensor, places.stream().mapToInt(Integer::intValue).toArray(), 1);
  }

  /** Joins tensors of the old graph, each the user's, the candidates' or both's side by side. */
  SplitValue join(List<String> parts) {
    List<String> user = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    ImmutableList.Builder<Run> runs = ImmutableList.builder();
    for (String part : parts) {
      SplitValue value = graph.value(part);
      int width = Math.toIntExact(graph.shape(part).get(1));
      if (value instanceof Concatenated concatenated) {
        user.add(concatenated.user());
        rows.add(concatenated.rows());
        runs.addAll(concatenated.runs());
      } else if (value instanceof OfUser ofUser) {
        user.add(ofUser.tensor());
        runs.add(new Run(true, width));
      } else {
        rows.add(graph.rows(part));
        runs.add(new Run(false, width));
      }
    }
    if (user.isEmpty()) {
      return new OfRows(graph.emitter().concat(type, rows, 1));
    }
    String ofUser = graph.emitter().concat(type, user, 1);
    return rows.isEmpty()
        ? new OfUser(ofUser, 1)
        : new Concatenated(ofUser, graph.emitter().concat(type, rows, 1), merged(runs.build()));
  }

  /** Neighbours of one side as one run. */
  static ImmutableList<Run> merged(List<Run> runs) {
    List<Run> merged = new ArrayList<>();
    for (Run run : runs) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).ofUser() == run.ofUser()) {
        merged.set(last, new Run(run.ofUser(), merged.get(last).width() + run.width()));
      } else {
        merged.add(run);
      }
    }
    return ImmutableList.copyOf(merged);
  }

  /** Width of all runs together. */
  static int width(List<Run> runs) {
    return runs.stream().mapToInt(Run::width).sum();
  }

  /** Width of one side's runs together. */
  static int width(List<Run> runs, boolean ofUser) {
    return runs.stream().filter(run -> run.ofUser() == ofUser).mapToInt(Run::width).sum();
  }
}
