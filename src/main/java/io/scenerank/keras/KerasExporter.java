package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.jhdf.exceptions.HdfException;
import io.scenerank.PublicApi;
import io.scenerank.config.Causes;
import io.scenerank.config.ConfigMapper;
import io.scenerank.files.AtomicFile;
import io.scenerank.model.KerasGraph;
import io.scenerank.model.KerasGraphParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.optimizer.AdamState;
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
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a model as Keras 3 saves it: weights alone, or a whole {@code .keras}. Adam's state goes
 * along where there is one, so that Keras trains on where Java stopped.
 */
@PublicApi
public final class KerasExporter {
  /** The version of Keras whose format this is. */
  private static final String KERAS_VERSION = "3.15.1";

  private static final String OPTIMIZER = "optimizer/" + Keras3Paths.VARS;

  private final ConfigMapper mapper = new ConfigMapper();
  private final Experiment experiment;
  private final TrainedState state;
  private final Optional<GraphExporter> graph;
  private final @Nullable FunctionalModel model;

  /**
   * @throws io.scenerank.config.InvalidInputException if the model has no form in Keras
   */
  public KerasExporter(Experiment experiment, TrainedState state) {
    this.experiment = experiment;
    this.state = state;
    this.graph = graph(experiment.definition());
    this.model = graph.isPresent() ? null : FunctionalModel.of(experiment.definition(), 3);
  }

  private static Optional<GraphExporter> graph(ModelDefinition<?> definition) {
    return definition.params() instanceof KerasGraphParams params
        ? Optional.of(
            new GraphExporter(
                ModelDefinition.of(
                    KerasGraph.type(KerasGraph.typesOf(definition)), params, definition.columns())))
        : Optional.empty();
  }

  private FunctionalModel functional() {
    return requireNonNull(model, "model");
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
      if (graph.isPresent()) {
        graph.get().write(writer, state.weights());
        if (state.adam().isPresent()) {
          optimizer(writer, state.adam().get(), graph.get().trainable());
        }
        return;
      }
      ImmutableMap<String, String> groups = Keras3Names.groups(functional());
      ImmutableList<String> ordered =
          new KerasOrder(functional()).variables(state.weights().keySet());
      for (String variable : ordered) {
        int index = ModelVariables.siblings(variable, ordered).indexOf(variable);
        // A shared unit is written once, under the first layer that has it.
        OwnedPath owned = OwnedPath.of(variable, groups.keySet()).get(0);
        String group =
            groups.get(owned.layer())
                + Keras3Items.groups(owned.inside(), activation(owned.layer()))
                + "/"
                + Keras3Paths.VARS;
        writer.put(
            group,
            Integer.toString(index),
            requireNonNull(state.weights().get(variable), variable));
        if (index == 0 && !owned.inside().contains("/")) {
          writer.attribute(group, "name", FunctionalLayer.name(owned.layer(), 3));
        }
      }
      if (state.adam().isPresent()) {
        AdamState adam = state.adam().get();
        optimizer(writer, adam, new KerasOrder(functional()).trainableVariables(adam.m().keySet()));
      }
    } catch (HdfException e) {
      throw failed(path, e);
    }
  }

  private String activation(String layer) {
    return functional().layers().stream()
        .filter(candidate -> candidate.path().equals(layer))
        .map(found -> found.config().path("activation").asText())
        .findFirst()
        .orElse("");
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

  private void archive(Path path, Path weights) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("keras_version", KERAS_VERSION);
    metadata.put(
        "date_saved",
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd@HH:mm:ss")));
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      put(zip, KerasArchive.METADATA, mapper.toJson(metadata));
      put(zip, KerasArchive.CONFIG, mapper.toJson(config()));
      // Random digits do not shrink; Keras stores them as they are, too.
      ZipEntry entry = new ZipEntry(KerasArchive.WEIGHTS);
      entry.setMethod(ZipEntry.DEFLATED);
      zip.setLevel(0);
      zip.putNextEntry(entry);
      Files.copy(weights, zip);
      zip.closeEntry();
    }
  }

  private ObjectNode config() {
    if (graph.isEmpty()) {
      return functional().toConfigJson(compileConfig());
    }
    ObjectNode config = graph.get().config();
    compileConfig()
        .ifPresent(
            compiled -> {
              compiled.set("loss", graph.get().losses(experiment.training()));
              config.set("compile_config", compiled);
            });
    return config;
  }

  private static void put(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  /** How Keras compiles the model; absent where there is no Adam whose state could go along. */
  private Optional<ObjectNode> compileConfig() {
    if (state.adam().isEmpty()) {
      return Optional.empty();
    }
    ObjectNode config = mapper.newObject();
    ObjectNode optimizer = config.putObject("optimizer");
    optimizer.put("module", "keras.optimizers");
    optimizer.put("class_name", "Adam");
    optimizer
        .putObject("config")
        .put("name", "adam")
        .put("learning_rate", experiment.training().learningRate());
    optimizer.putNull("registered_name");
    ObjectNode loss = config.putObject("loss");
    experiment
        .definition()
        .params()
        .taskNames()
        .forEach(task -> loss.put(task, "binary_crossentropy"));
    for (String unset : List.of("loss_weights", "metrics", "weighted_metrics")) {
      config.putNull(unset);
    }
    config.put("run_eagerly", false).put("steps_per_execution", 1).put("jit_compile", false);
    return Optional.of(config);
  }
}
