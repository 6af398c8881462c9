package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import io.jhdf.exceptions.HdfException;
import io.scenerank.PublicApi;
import io.scenerank.config.Causes;
import io.scenerank.config.ConfigMapper;
import io.scenerank.files.AtomicFile;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a model as Keras 3 saves it: weights alone, or a whole {@code .keras}. The optimizer's
 * state goes along where there is one, so that Keras trains on where Java stopped.
 */
@PublicApi
public final class KerasExporter {
  /** The version of Keras whose format this is. */
  private static final String KERAS_VERSION = "3.15.1";

  private static final String OPTIMIZER = "optimizer/" + Keras3Layout.VARS;

  private final ConfigMapper mapper = new ConfigMapper();
  private final Experiment experiment;
  private final TrainedState state;
  private final GraphExporter form;

  /**
   * @throws io.scenerank.config.InvalidInputException if the model has no form in Keras
   */
  public KerasExporter(Experiment experiment, TrainedState state) {
    this.experiment = experiment;
    this.state = state;
    this.form = new GraphExporter(experiment.definition(), compiled(experiment, state));
  }

  /** Keras learns no weights of losses: it gets those that were learned as fixed ones. */
  private static TrainingConfig compiled(Experiment experiment, TrainedState state) {
    TrainingConfig training = experiment.training();
    return training.lossWeights().areLearned() && !state.lossWeights().isEmpty()
        ? training.withLossWeights(LossWeights.fixed(state.lossWeights()))
        : training;
  }

  /**
   * Writes a {@code .weights.h5} for {@code model.load_weights}; the file appears whole or not at
   * all.
   *
   * @throws IOException if writing fails
   */
  public void writeWeights(Path file) throws IOException {
    AtomicFile.write(file, this::weights);
  }

  /**
   * Writes a {@code .h5} of weights for {@code model.load_weights} of Keras 2 and 3, by the order
   * and the names of the layers; the file appears whole or not at all.
   *
   * @throws IOException if writing fails
   */
  public static void writeLayered(Experiment experiment, TrainedState state, Path file)
      throws IOException {
    GraphImport.Graph graph = GraphImport.graph(experiment.definition());
    AtomicFile.write(
        file,
        temp -> {
          try (Hdf5Writer writer = new Hdf5Writer(temp)) {
            new LayeredExporter(graph, state.weights()).write(writer);
          } catch (HdfException e) {
            throw failed(temp, e);
          }
        });
  }

  private static IOException failed(Path path, HdfException e) {
    return new IOException(
        path + ": cannot be written (" + Causes.ofFiles(e).orElse(e.getMessage()) + ")", e);
  }

  /**
   * Writes a {@code .keras} for {@code keras.models.load_model}; the file appears whole or not at
   * all.
   *
   * @throws IOException if writing fails
   */
  public void writeArchive(Path file) throws IOException {
    AtomicFile.write(
        file,
        temp -> {
          Path weights = temp.resolveSibling(temp.getFileName() + ".h5");
          try {
            weights(weights);
            archive(temp, weights);
          } finally {
            Files.deleteIfExists(weights);
          }
        });
  }

  private void weights(Path path) throws IOException {
    try (Hdf5Writer writer = new Hdf5Writer(path)) {
      form.write(writer, state.weights());
      if (state.adam().isPresent()) {
        AdamState adam = state.adam().get();
        optimizer(writer, adam, form.trainable());
      }
      CompiledForm.keras(experiment.training(), state)
          .ifPresent(optimizer -> optimizer(writer, optimizer));
      if (experiment.training().optimizer() == OptimizerType.SGD) {
        writer.put(OPTIMIZER, "0", state.step());
        writer.put(OPTIMIZER, "1", experiment.training().learningRate());
        writer.attribute(OPTIMIZER, "name", "sgd");
      }
    } catch (HdfException e) {
      throw failed(path, e);
    }
  }

  private void optimizer(Hdf5Writer writer, AdamState adam, List<String> paths) {
    writer.put(OPTIMIZER, "0", adam.step());
    writer.put(OPTIMIZER, "1", experiment.training().learningRate());
    writer.attribute(OPTIMIZER, "name", "adam");
    int next = 2;
    for (String path : paths) {
      for (Map<String, FloatTensor> moments : List.of(adam.m(), adam.v())) {
        writer.put(OPTIMIZER, Integer.toString(next++), requireNonNull(moments.get(path), path));
      }
    }
  }

  private void optimizer(Hdf5Writer writer, KerasOptimizer optimizer) {
    writer.put(OPTIMIZER, "0", state.step());
    int next = 1;
    if (optimizer.hasRateVariable()) {
      writer.put(OPTIMIZER, Integer.toString(next++), experiment.training().learningRate());
    }
    writer.attribute(OPTIMIZER, "name", optimizer.name());
    for (String slot : form.slots(optimizer)) {
      FloatTensor values = requireNonNull(state.slots().get(slot), slot);
      writer.put(OPTIMIZER, Integer.toString(next++), values);
    }
  }

  private void archive(Path path, Path weights) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("keras_version", KERAS_VERSION);
    metadata.put(
        "date_saved",
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd@HH:mm:ss")));
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      put(zip, KerasArchive.METADATA, mapper.toJson(metadata));
      put(
          zip,
          KerasArchive.CONFIG,
          mapper.toPython(form.config(CompiledForm.of(experiment.training(), state))));
      // Random digits do not shrink; Keras stores them as they are, too.
      ZipEntry entry = new ZipEntry(KerasArchive.WEIGHTS);
      entry.setMethod(ZipEntry.DEFLATED);
      zip.setLevel(0);
      zip.putNextEntry(entry);
      Files.copy(weights, zip);
      zip.closeEntry();
    }
  }

  private static void put(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }
}
