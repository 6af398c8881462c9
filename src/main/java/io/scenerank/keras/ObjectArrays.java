package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import io.scenerank.layer.base.LayerTree;
import java.util.Optional;

/**
 * Arrays in the HDF5 file of a model's objects: {@code .weights.h5}, whole or in shards, and the
 * one inside a {@code .keras}, of Keras 2 and 3.
 */
final class ObjectArrays implements ModelArrays {
  private static final String VARIABLES = "optimizer/vars/";
  private static final String INNER = "optimizer/inner_optimizer/vars/";

  private final WeightFiles files;
  private final ImmutableMap<String, StoredVariable> arrays;
  private final ImmutableMap<String, StoredVariable> bare;
  private final boolean old;

  ObjectArrays(WeightFiles files) {
    this.files = files;
    this.arrays = files.arrays("");
    this.old = files.groups().contains(Keras3Layout.OLD_LAYERS);
    ImmutableMap.Builder<String, StoredVariable> names = ImmutableMap.builder();
    arrays.forEach((path, array) -> names.put(bare(path), array));
    this.bare = names.buildKeepingLast();
  }

  /** Whether a file is one of these, and not one of lists by layer. */
  static boolean isOne(Hdf5 file) {
    return file.hasGroup(Keras3Layout.LAYERS) || file.hasGroup(Keras3Layout.OLD_LAYERS);
  }

  /** Keras 2 names what an attention holds as its private attribute, Keras 3 as its property. */
  private static String bare(String path) {
    return path.replaceAll("(^|/)_+", "$1");
  }

  @Override
  public ImmutableMultimap<String, Place> places(LayerTree model) {
    ImmutableListMultimap<String, String> paths =
        old ? Keras3Layout.oldArrays(model) : Keras3Layout.arrays(model);
    return ImmutableListMultimap.copyOf(
        Multimaps.transformValues(paths, path -> new Place("array '" + path + "'", find(path))));
  }

  private Optional<StoredVariable> find(String path) {
    return Optional.ofNullable(arrays.getOrDefault(path, bare.get(bare(path))));
  }

  @Override
  public ImmutableList<StoredVariable> weights() {
    return arrays.entrySet().stream()
        .filter(
            entry ->
                entry.getKey().startsWith(Keras3Layout.LAYERS + "/")
                    || entry.getKey().startsWith(Keras3Layout.OLD_LAYERS + "/"))
        .map(entry -> entry.getValue())
        .filter(StoredVariable::isFloat)
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public ImmutableList<StoredVariable> optimizer() {
    ImmutableList<StoredVariable> variables = list(VARIABLES);
    ImmutableList<StoredVariable> inner = list(INNER);
    // Keras lists the variables of the inner optimizer apart, and behind those of the outer one.
    return inner.isEmpty()
        ? variables
        : ImmutableList.<StoredVariable>builder()
            .addAll(LossScale.own(variables))
            .addAll(inner)
            .build();
  }

  private ImmutableList<StoredVariable> list(String prefix) {
    ImmutableList.Builder<StoredVariable> variables = ImmutableList.builder();
    int next = 0;
    Optional<StoredVariable> variable = Optional.ofNullable(arrays.get(prefix + next));
    while (variable.isPresent()) {
      variables.add(variable.get());
      variable = Optional.ofNullable(arrays.get(prefix + ++next));
    }
    return variables.build();
  }

  @Override
  public Optional<String> optimizerName() {
    return files.text("optimizer/" + Keras3Layout.VARS, "name");
  }

  @Override
  public ListedLayers listed(LayerTree model) {
    return ListedLayers.named(model, layerNames());
  }

  /** The names of the model's layers by the group of each; Keras 2 writes none. */
  private ImmutableMap<String, String> layerNames() {
    ImmutableMap.Builder<String, String> names = ImmutableMap.builder();
    for (String group : files.groups()) {
      if (group.matches(Keras3Layout.LAYERS + "/[^/]+")) {
        files
            .text(group + "/" + Keras3Layout.VARS, "name")
            .ifPresent(name -> names.put(group, name));
      }
    }
    return names.buildOrThrow();
  }

  @Override
  public ImmutableSet<String> classes() {
    return files.groups().stream()
        .filter(group -> group.matches("(?:layers|" + Keras3Layout.OLD_LAYERS + ")/[^/]+"))
        .map(ListedLayers::classOf)
        .collect(ImmutableSet.toImmutableSet());
  }

  /**
   * Whether Keras 2 wrote it, which gives layers no names and calls what an attention holds by its
   * private attribute.
   */
  boolean isOfKeras2() {
    return old
        || (layerNames().isEmpty()
            && files.groups().stream().noneMatch(group -> group.endsWith("/query_dense")));
  }

  @Override
  public void close() {
    files.close();
  }
}
