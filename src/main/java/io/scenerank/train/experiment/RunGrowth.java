package io.scenerank.train.experiment;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.train.Checkpoints.TableGrowth;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** How the tables of a run grow where the vocabularies of data are later generations of its own. */
final class RunGrowth {
  private final Path run;
  private final ModelDefinition<?> model;
  private final ImmutableMap<String, Integer> generations;
  private final ImmutableMap<String, FeatureColumn> columns;

  /**
   * @param run names the run in messages
   * @param model the run's
   * @param own what the run's data held; empty where that is not known
   */
  RunGrowth(Path run, ModelDefinition<?> model, Optional<Schema> own, Schema data) {
    this.run = run;
    this.model = model;
    EncodingFingerprint fingerprint =
        own.map(Schema::fingerprint).orElse(EncodingFingerprint.NONE).only(model.columns());
    this.generations = fingerprint.generationsIn(data.fingerprint());
    this.columns = byName(data);
    own.ifPresent(schema -> requireNoneSmaller(byName(schema)));
  }

  private static ImmutableMap<String, FeatureColumn> byName(Schema schema) {
    return Maps.uniqueIndex(schema.layout().columns(), FeatureColumn::name);
  }

  private void requireNoneSmaller(ImmutableMap<String, FeatureColumn> own) {
    for (String name : generations.keySet()) {
      FeatureColumn before = own.get(name);
      FeatureColumn now = columns.get(name);
      if (before != null && now != null && now.vocabSize() < before.vocabSize()) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "table '%s' has %,d ids, but %,d in the data of the run %s: a table that is extended"
                    + " has at least as many as before",
                now.embName(),
                now.vocabSize(),
                before.vocabSize(),
                run));
      }
    }
  }

  /** The features that the model reads and whose vocabulary is a later generation. */
  private ImmutableSet<String> features() {
    return ImmutableSet.copyOf(generations.keySet().stream().filter(columns::containsKey).toList());
  }

  /**
   * The model for the data.
   *
   * @param lines hears what does not grow
   * @throws InvalidInputException naming a layer that would have to grow and cannot, or a table
   *     that has fewer ids than before
   */
  ModelDefinition<?> model(Consumer<String> lines) {
    ImmutableSet<String> features = features();
    if (features.isEmpty()) {
      return model;
    }
    ModelGraph.tables(model).forEach(this::tableOf);
    return ModelGraph.grown(model, Maps.toMap(features, name -> column(name).vocabSize()), lines);
  }

  private FeatureColumn column(String name) {
    return requireNonNull(columns.get(name), name);
  }

  /** The data's table of one of the model's; empty where its vocabulary is the run's. */
  private Optional<String> tableOf(ModelGraph.Table table) {
    if (Collections.disjoint(table.columns(), features())) {
      return Optional.empty();
    }
    ImmutableSet<String> names =
        table.columns().stream()
            .filter(columns::containsKey)
            .map(name -> column(name).embName())
            .collect(ImmutableSet.toImmutableSet());
    if (names.size() > 1) {
      throw new InvalidInputException(
          String.format(
              "layer '%s' of the run %s looks up ids of several tables of the data, '%s', and cannot"
                  + " grow with one of them",
              table.layer(), run, names.stream().collect(Collectors.joining("', '"))));
    }
    return names.stream().findFirst();
  }

  /**
   * What differs between the run's tables and those of the grown model.
   *
   * @param grown the model for the data
   */
  ImmutableList<TableGrowth> tables(ModelDefinition<?> grown, SavedRun.IdsSince idsSince) {
    if (features().isEmpty()) {
      return ImmutableList.of();
    }
    ImmutableMap<String, ModelGraph.Table> before =
        Maps.uniqueIndex(ModelGraph.tables(model), ModelGraph.Table::layer);
    ImmutableList.Builder<TableGrowth> tables = ImmutableList.builder();
    for (ModelGraph.Table table : ModelGraph.tables(grown)) {
      ModelGraph.Table own = before.get(table.layer());
      Optional<String> name = tableOf(table);
      if (own != null && name.isPresent()) {
        int generation =
            table.columns().stream()
                .filter(generations::containsKey)
                .mapToInt(generations::get)
                .min()
                .orElseThrow();
        ImmutableIntArray fresh = idsSince.read(name.get(), generation, own.rows());
        if (own.rows() < table.rows() || !fresh.isEmpty()) {
          tables.add(new TableGrowth(table.layer(), own.rows(), table.rows(), fresh));
        }
      }
    }
    return tables.build();
  }
}
