package io.scenerank.train;

import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.Checkpoints.TableGrowth;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Gives rows of a model's tables the pretrained embeddings of a data set.
 *
 * @param definition the graph's model
 * @param lines hears how many rows got some
 */
record PretrainedEmbeddings(
    TrainingGraph graph,
    ModelDefinition<?> definition,
    PreparedDataset data,
    Consumer<String> lines) {

  /** Of all tables that have some. */
  void giveAll() {
    for (String table : data.schema().pretrained().keySet()) {
      give(table, id -> true);
    }
  }

  /** Of the rows that tables grew by, and of those whose ids mean other values than before. */
  void giveNew(List<TableGrowth> grown) {
    for (String table : data.schema().pretrained().keySet()) {
      grown.stream()
          .filter(growth -> growth.layer().equals(layer(table)))
          .findFirst()
          .ifPresent(
              growth -> give(table, id -> id >= growth.before() || growth.fresh().contains(id)));
    }
  }

  private static String layer(String table) {
    return "embedding/" + table;
  }

  private void give(String table, IntPredicate wanted) {
    String path = layer(table) + "/embeddings";
    Optional<FeatureColumn> column =
        definition.columns().stream()
            .filter(own -> own.isCategorical() && own.embName().equals(table))
            .filter(own -> graph.has(path))
            .findFirst();
    if (column.isEmpty()) {
      return;
    }
    AtomicLong count = new AtomicLong();
    data.pretrained(
        column.get(),
        wanted,
        (ids, vectors) -> {
          graph.assignRows(path, ids, vectors);
          count.addAndGet(ids.length);
        });
    lines.accept(
        String.format(
            Locale.ROOT,
            "%s: %,d rows begin with pretrained embeddings%s",
            layer(table),
            count.get(),
            column.get().trainable() ? "" : ", which training does not change"));
  }
}
