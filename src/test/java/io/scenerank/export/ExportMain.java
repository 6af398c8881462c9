package io.scenerank.export;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingGraph;
import java.io.IOException;
import java.nio.file.Path;

/** Replaces version 1 below a folder by a model with a table of 640 kB; the main of a child JVM. */
final class ExportMain {
  static final int IO_EXCEPTION = 42;

  private ExportMain() {}

  public static void main(String[] args) {
    ModelDefinition<?> definition =
        SmallModel.definition(
            SmallModel.TASKS,
            ImmutableList.of(
                FeatureColumn.sparse("user", 40_000, 4, "dnn", "pepnet"),
                FeatureColumn.sparse("scene", 3, 4, "epnet", "linear")));
    try (TrainingGraph graph = SmallModel.untrained(definition)) {
      new SavedModelExporter().export(definition, graph, Path.of(args[0]), 1, true);
    } catch (IOException e) {
      System.out.println(e.getMessage());
      System.exit(IO_EXCEPTION);
    }
  }
}
