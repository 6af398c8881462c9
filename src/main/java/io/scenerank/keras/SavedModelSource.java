package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SavedModelExporter.ExportDescription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Opens the SavedModels of both generations of Keras, of this library, and others. */
final class SavedModelSource {
  private static final String ATTRIBUTES = "/.ATTRIBUTES/";
  private static final String SLOT = "/.OPTIMIZER_SLOT/optimizer/";

  private final Path path;
  private final TensorBundle bundle;
  private final ImmutableMap<String, StoredVariable> stored;

  private SavedModelSource(Path path) {
    this.path = path;
    this.bundle = TensorBundle.open(path.resolve("variables").resolve("variables"));
    this.stored = Maps.uniqueIndex(bundle.variables(), StoredVariable::key);
  }

  /**
   * Opens a folder with {@code saved_model.pb}.
   *
   * @throws InvalidInputException if its variables are missing or damaged
   */
  static KerasSource open(Path path) {
    return new SavedModelSource(path).open();
  }

  private KerasSource open() {
    Optional<ObjectGraph> graph = ObjectGraph.of(bundle, path.toString());
    Optional<KerasMetadata> metadata = KerasMetadata.read(path);
    if (graph.isPresent() && metadata.isPresent()) {
      return keras2(graph.get(), metadata.get());
    }
    Optional<Integer> list = graph.flatMap(found -> found.find(found.root(), "variables"));
    if (list.isEmpty()) {
      return byName();
    }
    return listed(graph.get(), list.get());
  }

  private KerasSource byName() {
    boolean own = Files.isRegularFile(path.resolve(SavedModelExporter.DESCRIPTION));
    return source(
        own ? KerasSource.Kind.OWN_SAVED_MODEL : KerasSource.Kind.SAVED_MODEL,
        Optional.empty(),
        Optional.empty(),
        stored.values().asList(),
        new OwnNameLocator(stored),
        Optional.empty());
  }

  private KerasSource keras2(ObjectGraph graph, KerasMetadata metadata) {
    Optional<JsonNode> root = metadata.root();
    ImmutableList<StoredVariable> variables =
        stored.entrySet().stream()
            .filter(entry -> isKeras2Weight(entry.getKey()))
            .map(Map.Entry::getValue)
            .collect(ImmutableList.toImmutableList());
    return source(
        KerasSource.Kind.KERAS2_SAVED_MODEL,
        root.filter(tree -> tree.path("config").has("layers"))
            .map(tree -> FunctionalModel.parse(tree, path + "/" + KerasMetadata.FILE)),
        root.map(tree -> tree.path("training_config")).filter(JsonNode::isObject),
        variables,
        new ObjectPathLocator(graph, metadata, stored),
        optimizer(graph));
  }

  /** What is neither the optimizer's nor a metric's nor the saver's. */
  static boolean isKeras2Weight(String key) {
    return !key.startsWith("optimizer/")
        && !key.startsWith("keras_api/")
        && !key.contains(SLOT)
        && !key.startsWith("save_counter/");
  }

  /** The list of an optimizer, or the slots of one from before TensorFlow 2.11. */
  private Optional<StoredOptimizer> optimizer(ObjectGraph graph) {
    return graph
        .find(graph.root(), "optimizer/_variables")
        .map(
            list ->
                StoredOptimizer.of(Optional.empty(), inOrder(graph, list))
                    .map(optimizer -> optimizer.withSlots(slots(graph, list))))
        .orElseGet(
            () ->
                graph
                    .find(graph.root(), "optimizer/iter")
                    .flatMap(graph::key)
                    .map(stored::get)
                    .map(
                        step ->
                            new StoredOptimizer(
                                Optional.empty(),
                                step,
                                Optional.empty(),
                                ImmutableList.of(),
                                slots())));
  }

  private ImmutableMap<String, StoredOptimizer.Moments> slots(ObjectGraph graph, int list) {
    ImmutableMap<String, StoredOptimizer.Moments> listed = listedSlots(graph);
    if (!listed.isEmpty()) {
      return listed;
    }
    ImmutableMap<String, String> names = graph.names();
    return new NamedMoments(
            named(Maps.filterKeys(stored, SavedModelSource::isKeras2Weight).values(), names),
            named(inOrder(graph, list), names))
        .slots();
  }

  private static ImmutableList<NamedArray> named(
      Collection<StoredVariable> variables, ImmutableMap<String, String> names) {
    return variables.stream()
        .filter(variable -> names.containsKey(variable.key()))
        .map(
            variable ->
                NamedArray.of(requireNonNull(names.get(variable.key()), variable.key()), variable))
        .collect(ImmutableList.toImmutableList());
  }

  /** Adam's lists of moments are in the order of the model's list of what it trains. */
  private ImmutableMap<String, StoredOptimizer.Moments> listedSlots(ObjectGraph graph) {
    ImmutableList<StoredVariable> trained = list(graph, "trainable_variables");
    ImmutableList<StoredVariable> m = list(graph, "optimizer/_momentums");
    ImmutableList<StoredVariable> v = list(graph, "optimizer/_velocities");
    ImmutableMap.Builder<String, StoredOptimizer.Moments> slots = ImmutableMap.builder();
    if (m.size() == trained.size() && v.size() == trained.size()) {
      for (int i = 0; i < trained.size(); i++) {
        slots.put(trained.get(i).key(), new StoredOptimizer.Moments(m.get(i), v.get(i)));
      }
    }
    return slots.buildKeepingLast();
  }

  private ImmutableList<StoredVariable> list(ObjectGraph graph, String path) {
    return graph
        .find(graph.root(), path)
        .map(list -> inOrder(graph, list))
        .orElse(ImmutableList.of());
  }

  /** Adam's slots by the key of their variable. */
  private ImmutableMap<String, StoredOptimizer.Moments> slots() {
    ImmutableMap.Builder<String, StoredOptimizer.Moments> slots = ImmutableMap.builder();
    for (String key : stored.keySet()) {
      StoredVariable m = stored.get(key.replace(ATTRIBUTES, SLOT + "m" + ATTRIBUTES));
      StoredVariable v = stored.get(key.replace(ATTRIBUTES, SLOT + "v" + ATTRIBUTES));
      if (!key.contains(SLOT) && m != null && v != null) {
        slots.put(key, new StoredOptimizer.Moments(m, v));
      }
    }
    return slots.buildOrThrow();
  }

  /** The variables of a list, in its order. */
  private ImmutableList<StoredVariable> inOrder(ObjectGraph graph, int list) {
    return graph.items(list).stream()
        .filter(stored::containsKey)
        .map(stored::get)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * A Keras 3 export, whose list has all variables, the states of the dropouts among them; or an
   * export of this library that Python saved again.
   */
  private KerasSource listed(ObjectGraph graph, int list) {
    ImmutableList<StoredVariable> weights =
        inOrder(graph, list).stream()
            .filter(StoredVariable::isFloat)
            .collect(ImmutableList.toImmutableList());
    boolean keras = graph.find(graph.root(), "trainable_variables").isPresent();
    return source(
        keras ? KerasSource.Kind.KERAS3_SAVED_MODEL : KerasSource.Kind.TUNED_SAVED_MODEL,
        Optional.empty(),
        Optional.empty(),
        weights,
        keras ? new ModelOrderLocator(weights) : new TunedOrderLocator(weights),
        Optional.empty());
  }

  private KerasSource source(
      KerasSource.Kind kind,
      Optional<FunctionalModel> model,
      Optional<JsonNode> compileConfig,
      ImmutableList<StoredVariable> variables,
      VariableLocator locator,
      Optional<StoredOptimizer> optimizer) {
    return new KerasSource(
        path,
        kind,
        Optional.empty(),
        model,
        Optional.empty(),
        ExportDescription.model(path),
        compileConfig,
        variables,
        locator,
        optimizer,
        () -> {});
  }
}
