package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cli.Cli;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.keras.KerasModel;
import io.scenerank.model.Models;
import io.scenerank.parity.ParityCheck;
import io.scenerank.run.RunResult;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.Compiler;
import io.scenerank.train.TrainingListener;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The model, loss, schedule and optimizer of docs/extending.md: their code compiles, trains,
 * exports and reloads.
 */
@Tag("slow")
class ExtendingPageTest {
  private static final Pattern JAVA =
      Pattern.compile("```java\n(package com\\.example;.*?)```", Pattern.DOTALL);
  private static final Pattern CLASS = Pattern.compile("public (?:final class|record) (\\w+)");

  @TempDir private Path folder;

  @Test
  void aModelWithThePagesOwnLayerComputesWhatKerasRecorded() throws Exception {
    Path file = Path.of("src/test/resources/keras/graphs/own_layer.keras");
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {compile().toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> own = loader.loadClass("com.example.OwnLayer");
      Models models = (Models) own.getField("MODELS").get(null);
      ParityCheck.CaseResult result =
          new ParityCheck(models).run(file, file.resolveSibling("own_layer.cases.h5"));
      assertThat(result.passed()).as(result.toText()).isTrue();
      KerasModel model = (KerasModel) own.getMethod("read", Path.class).invoke(null, file);
      assertThat(model.summary()).contains("cross_0 (my_package>Cross)");
    }
  }

  @Test
  void thePagesModelTrainsAndReloadsToTheSamePredictions() throws Exception {
    Path data = folder.resolve("data");
    new SyntheticSource(new SyntheticOptions(3000, 1)).write(data, false);
    PreparedDataset dataset = PreparedDataset.open(data);
    Path yaml = folder.resolve("scene_gate.yaml");
    Files.writeString(
        yaml,
        new ConfigMapper()
            .toYaml(
                ImmutableMap.of(
                    "feature_columns", dataset.schema().columnsFor("shared_bottom"),
                    "training", ImmutableMap.of("epochs", 2))));
    List<Double> losses = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepResult step) {}

          @Override
          public void onEpoch(EpochResult epoch) {
            losses.add(epoch.loss());
          }
        };
    Path out = folder.resolve("out");
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {compile().toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> main = loader.loadClass("com.example.TrainSceneGate");
      Object params =
          loader
              .loadClass("com.example.SceneGateParams")
              .getMethod("defaults", ImmutableList.class)
              .invoke(null, ImmutableList.of("click"));
      assertThat(new ConfigMapper().toTree(params).fieldNames())
          .as("keys of a run's config.yaml, which is read again by them")
          .toIterable()
          .containsExactly("task_names", "tower_units");
      assertThat(((Models) main.getField("MODELS").get(null)).names())
          .contains("pepnet", "scene_gate");
      float[][] scores =
          (float[][])
              main.getMethod("train", Path.class, Path.class, Path.class, TrainingListener.class)
                  .invoke(null, data, yaml, out, listener);
      assertThat(losses).as("losses of the epochs").hasSize(2);
      assertThat(losses.get(1)).as("the loss falls").isLessThan(losses.get(0));
      assertThat(reloaded(out.resolve("saved_model/1"), dataset.test()))
          .as("predictions of the export")
          .isDeepEqualTo(scores);
    }
  }

  @Test
  void thePagesLossScheduleAndOptimizerTrain() throws Exception {
    Path data = folder.resolve("data");
    new SyntheticSource(new SyntheticOptions(3000, 1)).write(data, false);
    Path out = folder.resolve("run");
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {compile().toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> main = loader.loadClass("com.example.OwnTraining");
      RunResult result =
          (RunResult) main.getMethod("run", Path.class, Path.class).invoke(null, data, out);
      assertThat(result.reloadDifference()).isBetween(0.0, 1e-6);
      assertThat(result.evaluation().overall().aucMacro().getAsDouble())
          .as("better than chance after two epochs")
          .isGreaterThan(0.52);
      assertThat(out.resolve("config.yaml"))
          .content()
          .contains("loss: smoothed", "schedule: linear", "optimizer: momentum");
    }
    Cli.invalid(
        "key 'optimizer': found \"momentum\", expected one of", "evaluate", out, "--data", data);
  }

  /** Compiles the page's classes; returns the folder of the result. */
  private Path compile() throws Exception {
    Path sources = Files.createDirectories(folder.resolve("sources/com/example"));
    List<Path> files = new ArrayList<>();
    Matcher blocks = JAVA.matcher(Files.readString(Path.of("docs/extending.md")));
    while (blocks.find()) {
      Matcher name = CLASS.matcher(blocks.group(1));
      assertThat(name.find()).as("a class in %s", blocks.group(1)).isTrue();
      files.add(Files.writeString(sources.resolve(name.group(1) + ".java"), blocks.group(1)));
    }
    assertThat(files).as("classes of com.example in the page").hasSize(9);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Compiler.compile(ChildProcess.classpath(), classes, files);
    return classes;
  }

  private static float[][] reloaded(Path savedModel, PackedRows rows) {
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(savedModel, Signatures.SERVING_DEFAULT, 0)) {
      RowScorer scorer = new RowScorer(predictor, 128);
      float[][] scores = scorer.score(rows, done -> {});
      return rows.tasks().stream()
          .map(task -> scores[scorer.outputs().indexOf(task)])
          .toArray(float[][]::new);
    }
  }
}
