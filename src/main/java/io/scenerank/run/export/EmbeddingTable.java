package io.scenerank.run.export;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.files.AtomicFile;
import io.scenerank.files.InnerPath;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table of a run, and the values that its rows are of.
 *
 * @param vocabulary file of value → id; empty where there is none, as for buckets
 */
record EmbeddingTable(SavedRun run, ModelGraph.Table table, Optional<Path> vocabulary) {
  /** Behind the path of a layer, the variable with its rows. */
  static final String VALUES = "/embeddings";

  /**
   * Finds a table.
   *
   * @param name a column, the name of the table that it shares with others, or a layer
   * @throws InvalidInputException naming the tables that there are, if no name is given, or no
   *     table or more than one is called so
   */
  static EmbeddingTable find(SavedRun run, Optional<String> name) {
    ModelDefinition<?> model = run.experiment().definition();
    ImmutableList<ModelGraph.Table> tables = ModelGraph.tables(model);
    if (name.isEmpty()) {
      throw new InvalidInputException(
          "table (--table) is missing, expected one of the model's: " + layers(tables));
    }
    ImmutableList<ModelGraph.Table> found = named(model, tables, name.get());
    if (found.isEmpty()) {
      ImmutableSet<String> known =
          tables.stream()
              .flatMap(table -> names(model, table))
              .collect(ImmutableSet.toImmutableSet());
      throw new InvalidInputException(
          String.format(
              "%s: table (--table) '%s' is unknown%s",
              run.folder(),
              name.get(),
              SpellingHint.to(name.get(), known)
                  .map(near -> "; did you mean '" + near + "'?")
                  .orElse("; tables of the model: " + layers(tables))));
    }
    if (found.size() > 1) {
      throw new InvalidInputException(
          String.format(
              "%s: table (--table) '%s' is looked up by several layers, expected one of them: %s",
              run.folder(), name.get(), layers(found)));
    }
    return new EmbeddingTable(run, found.get(0), vocabulary(run, found.get(0)));
  }

  private static String layers(ImmutableList<ModelGraph.Table> tables) {
    return tables.stream().map(ModelGraph.Table::layer).collect(joining(", "));
  }

  /** The layer of the name, or else those that look up what is called so. */
  private static ImmutableList<ModelGraph.Table> named(
      ModelDefinition<?> model, ImmutableList<ModelGraph.Table> tables, String name) {
    ImmutableList<ModelGraph.Table> layer =
        tables.stream()
            .filter(table -> table.layer().equals(name))
            .collect(ImmutableList.toImmutableList());
    if (!layer.isEmpty()) {
      return layer;
    }
    ImmutableList<ModelGraph.Table> all =
        tables.stream()
            .filter(table -> names(model, table).anyMatch(name::equals))
            .collect(ImmutableList.toImmutableList());
    // The weights of linear logits are no vectors: they are taken by the name of their layer.
    ImmutableList<ModelGraph.Table> vectors =
        all.stream().filter(table -> table.width() > 1).collect(ImmutableList.toImmutableList());
    return vectors.isEmpty() ? all : vectors;
  }

  private static Stream<String> names(ModelDefinition<?> model, ModelGraph.Table table) {
    return Stream.concat(
        Stream.of(table.layer()),
        model.columns().stream()
            .filter(column -> table.columns().contains(column.name()))
            .flatMap(column -> Stream.of(column.name(), column.embName())));
  }

  /** The vocabulary that a run keeps of the data that it was trained on. */
  private static Optional<Path> vocabulary(SavedRun run, ModelGraph.Table table) {
    if (run.schema().isEmpty()) {
      return Optional.empty();
    }
    Schema schema = run.schema().get();
    ImmutableSet<String> tables =
        schema.layout().columns().stream()
            .filter(column -> table.columns().contains(column.name()))
            .map(FeatureColumn::embName)
            .collect(ImmutableSet.toImmutableSet());
    if (tables.size() != 1) {
      return Optional.empty();
    }
    String name = tables.iterator().next();
    return Optional.ofNullable(schema.vocabularies().get(name))
        .map(file -> InnerPath.resolve(run.folder(), "vocabulary '" + name + "'", file))
        .filter(Files::isRegularFile);
  }

  /**
   * Writes the table: {@code value}, where it has a vocabulary, {@code id} and {@code vector}, in
   * the order of the ids. The row of the id 0, which missing and unseen values share, is left out,
   * and so are ids that no value has. It takes the memory of some rows.
   *
   * @param file appears whole or not at all
   * @throws InvalidInputException if the checkpoint or the vocabulary is damaged
   */
  void write(Path file) throws IOException {
    AtomicFile.write(
        file,
        temp -> {
          try {
            run.readTable(
                table.layer() + VALUES,
                table.rows(),
                table.width(),
                vectors -> write(vectors, file, temp));
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        });
  }

  private void write(Iterator<float[]> vectors, Path file, Path temp) {
    try (EmbeddingRows rows =
        EmbeddingRows.open(vocabulary, table.rows(), table.width(), vectors)) {
      rows.write(file, temp);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
