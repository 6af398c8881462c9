package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultimap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Arrays in an HDF5 file that lists them by layer: {@code .h5} of {@code model.save} and {@code
 * save_weights} of Keras 2, and of {@code model.save} of Keras 3. As Keras does, arrays are taken
 * in the order of the list; layers by their names, or in their order where the names are others.
 */
final class LayeredArrays implements ModelArrays {
  private static final String MODEL_WEIGHTS = "model_weights";
  private static final String OPTIMIZER_WEIGHTS = "optimizer_weights";
  private static final String VERSION = "keras_version";
  static final String LAYER_NAMES = "layer_names";
  static final String WEIGHT_NAMES = "weight_names";

  private final Hdf5 file;
  private final ImmutableMap<String, ImmutableList<NamedArray>> layers;

  /**
   * @param where how messages call the file
   * @throws InvalidInputException if it lists no layers, or lacks an array of a list
   */
  LayeredArrays(Hdf5 file, String where) {
    this.file = file;
    Map<String, ImmutableList<NamedArray>> floats = new LinkedHashMap<>();
    lists(file, where)
        .forEach(
            (name, list) -> {
              // Of the numbers that no layer computes with, as those of rows, none is a weight.
              ImmutableList<NamedArray> weights =
                  list.stream()
                      .filter(named -> named.array().isFloat())
                      .collect(ImmutableList.toImmutableList());
              if (!weights.isEmpty()) {
                floats.put(name, weights);
              }
            });
    this.layers = ImmutableMap.copyOf(floats);
  }

  /** The group of the layers; empty where that is the file itself. */
  static String root(Hdf5 file) {
    return file.hasGroup(MODEL_WEIGHTS) ? MODEL_WEIGHTS : "";
  }

  /** The arrays of each layer by its name. */
  static Map<String, ImmutableList<NamedArray>> lists(Hdf5 file, String where) {
    String root = root(file);
    ImmutableList<String> names = file.texts(root, LAYER_NAMES);
    if (names.isEmpty()) {
      throw new InvalidInputException(
          where
              + ": holds no weights of Keras (neither the group 'layers' of Keras 3 nor the"
              + " attribute 'layer_names' of Keras 2)");
    }
    Map<String, ImmutableList<NamedArray>> lists = new LinkedHashMap<>();
    for (String name : names) {
      lists.put(name, list(file, where, root.isEmpty() ? name : root + "/" + name));
    }
    return lists;
  }

  /**
   * The optimizer's variables, without those that the file names and lacks: Keras 2 stops writing
   * where two of them have one name. None where the file has no optimizer.
   */
  static ImmutableList<NamedArray> optimizer(Hdf5 file) {
    ImmutableMap<String, StoredVariable> arrays = file.arrays(OPTIMIZER_WEIGHTS);
    return file.texts(OPTIMIZER_WEIGHTS, WEIGHT_NAMES).stream()
        .filter(arrays::containsKey)
        .map(name -> NamedArray.of(name, requireNonNull(arrays.get(name), name)))
        .collect(ImmutableList.toImmutableList());
  }

  /** The arrays of a group in the order that its attribute {@code weight_names} tells. */
  private static ImmutableList<NamedArray> list(Hdf5 file, String where, String group) {
    ImmutableMap<String, StoredVariable> arrays = file.arrays(group);
    ImmutableList.Builder<NamedArray> list = ImmutableList.builder();
    for (String name : file.texts(group, WEIGHT_NAMES)) {
      StoredVariable array = arrays.get(name);
      if (array == null) {
        throw new InvalidInputException(
            where + ": array '" + group + "/" + name + "' is missing, which weight_names names");
      }
      list.add(NamedArray.of(name, array));
    }
    return list.build();
  }

  @Override
  public ImmutableMultimap<String, Place> places(LayerTree model) {
    List<LayerTree> own = own(model);
    boolean named = named(own);
    List<String> names = layers.keySet().asList();
    // A layer that several others hold is in the list of each of them.
    ImmutableListMultimap.Builder<String, Place> places = ImmutableListMultimap.builder();
    for (int i = 0; i < own.size(); i++) {
      LayerTree child = own.get(i);
      String name = named || i >= names.size() ? nameOf(child) : names.get(i);
      place(name, child, model.layer().config().trainable(), places);
    }
    return places.build();
  }

  @Override
  public ListedLayers listed(LayerTree model) {
    return named(own(model)) ? ListedLayers.certain(model) : ListedLayers.unlisted(model);
  }

  /** The layers of a model that have variables. */
  private static List<LayerTree> own(LayerTree model) {
    return model.children().stream().filter(child -> !VariableOrder.of(child).isEmpty()).toList();
  }

  /** Whether the lists are those of these layers, by their names. */
  private boolean named(List<LayerTree> own) {
    return own.size() == layers.size()
        && own.stream().allMatch(child -> layers.containsKey(nameOf(child)));
  }

  /** The layer's name; Keras 2 may have a slash in it, where Keras 3 has two underscores. */
  private String nameOf(LayerTree layer) {
    String name = layer.layer().name();
    String path = BuildScope.pathOf(name);
    return !layers.containsKey(name) && layers.containsKey(path) ? path : name;
  }

  private void place(
      String name,
      LayerTree layer,
      boolean trainable,
      ImmutableListMultimap.Builder<String, Place> places) {
    List<NamedArray> list = layers.getOrDefault(name, ImmutableList.of());
    List<VariableNode> order = VariableOrder.trainedFirst(layer, trainable);
    ImmutableMap<String, NamedArray> byPath = byPath(list, order);
    for (int i = 0; i < order.size(); i++) {
      Optional<NamedArray> found =
          byPath.isEmpty()
              ? i < list.size() ? Optional.of(list.get(i)) : Optional.empty()
              : Optional.ofNullable(byPath.get(order.get(i).path()));
      places.put(
          order.get(i).path(),
          new Place(
              found
                  .map(array -> "array '" + array.name() + "' of layer '" + name + "'")
                  .orElse(
                      String.format(
                          Locale.ROOT, "array %d of %d of layer '%s'", i + 1, order.size(), name)),
              found.map(NamedArray::array)));
    }
  }

  /** The generation of Keras that wrote a file, as it says itself. */
  static int generation(Hdf5 file) {
    return version(file).filter(text -> text.startsWith("3")).isPresent() ? 3 : 2;
  }

  /** The version of Keras that wrote a file. */
  static Optional<String> version(Hdf5 file) {
    return file.text("", VERSION).or(() -> file.text(root(file), VERSION));
  }

  @Override
  public ImmutableList<StoredVariable> weights() {
    return layers.values().stream()
        .flatMap(List::stream)
        .map(NamedArray::array)
        .collect(ImmutableList.toImmutableList());
  }

  /** The arrays by their names, where these are the paths of the variables; else none. */
  private static ImmutableMap<String, NamedArray> byPath(
      List<NamedArray> list, List<VariableNode> order) {
    Map<String, NamedArray> names = new LinkedHashMap<>();
    list.forEach(array -> names.putIfAbsent(array.name(), array));
    boolean paths =
        names.size() == list.size()
            && order.size() == list.size()
            && order.stream().allMatch(variable -> names.containsKey(variable.path()));
    return paths ? ImmutableMap.copyOf(names) : ImmutableMap.of();
  }

  @Override
  public ImmutableList<StoredVariable> optimizer() {
    List<NamedArray> list = optimizer(file);
    int half = list.size() / 2;
    ImmutableList.Builder<StoredVariable> variables = ImmutableList.builder();
    for (int i = 0; i < list.size(); i++) {
      // Optimizers from before TensorFlow 2.11 list all first moments before all second ones.
      boolean apart = i > 0 && list.size() % 2 == 1 && isOld(list, half);
      int place = apart ? (i + 1) / 2 + (i % 2 == 0 ? half : 0) : i;
      variables.add(list.get(place).array());
    }
    return variables.build();
  }

  private static boolean isOld(List<NamedArray> list, int half) {
    return half > 0
        && list.subList(1, half + 1).stream().allMatch(array -> array.last().equals("m"))
        && list.subList(half + 1, list.size()).stream().allMatch(array -> array.last().equals("v"));
  }

  @Override
  public void close() {
    file.close();
  }
}
