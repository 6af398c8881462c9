package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.keras.StoredOptimizer.Moments;
import io.scenerank.model.ModelDefinition;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds which of Adam's moments are of which variable: by what the file says, else by their order,
 * which is that of {@code model.trainable_variables}.
 */
final class MomentMatch {
  private final KerasSource source;
  private final StoredOptimizer optimizer;
  private final ModelVariables variables;
  private final WeightMatch match;
  private final FunctionalModel reference;

  MomentMatch(
      KerasSource source,
      StoredOptimizer optimizer,
      ModelDefinition<?> definition,
      ModelVariables variables,
      WeightMatch match) {
    this.source = source;
    this.optimizer = optimizer;
    this.variables = variables;
    this.match = match;
    this.reference = FunctionalModel.of(definition, source.generation());
  }

  /**
   * The moments by the path of their variable; empty if they are not those of the model's trainable
   * variables, each of its shape, or if their order does not prove whose they are.
   */
  Optional<ImmutableMap<String, Moments>> find() {
    ImmutableList<ImmutableList<String>> orders =
        KerasOrder.known(reference).stream()
            .map(order -> order.trainableVariables(variables.paths()))
            .collect(ImmutableList.toImmutableList());
    ImmutableMap<String, Moments> named = named(orders.get(0));
    if (named.size() == orders.get(0).size()) {
      return optimizer.size() == 2 * named.size() ? Optional.of(named) : Optional.empty();
    }
    ImmutableSet<ImmutableList<String>> fitting =
        layers().map(layers -> inOrderOf(layers, orders)).orElseGet(() -> merged(orders)).stream()
            .filter(order -> fits(order) && listed(order).entrySet().containsAll(named.entrySet()))
            .collect(ImmutableSet.toImmutableSet());
    return fitting.size() == 1 ? Optional.of(listed(fitting.iterator().next())) : Optional.empty();
  }

  /** The moments that the file gives to a variable. */
  private ImmutableMap<String, Moments> named(List<String> paths) {
    ImmutableMap.Builder<String, Moments> moments = ImmutableMap.builder();
    for (String path : paths) {
      Moments found = optimizer.slots().get(match.keyOf(path));
      if (found != null && found.fit(variables.shape(path))) {
        moments.put(path, found);
      }
    }
    return moments.buildOrThrow();
  }

  /** Paths of the layers in the source's order, where it tells that. */
  private Optional<ImmutableList<String>> layers() {
    return source
        .layers()
        .map(layers -> layers.stream().map(ListedLayer::path))
        .or(() -> source.model().map(model -> model.layers().stream().map(FunctionalLayer::path)))
        .map(paths -> paths.collect(ImmutableList.toImmutableList()));
  }

  private ImmutableSet<ImmutableList<String>> merged(List<ImmutableList<String>> orders) {
    return source.kind() == KerasSource.Kind.KERAS3_WEIGHTS
        ? new LayerMerge(shapes(), variables, match).orders(orders)
        : ImmutableSet.of();
  }

  /** Shapes of the moments, two by two; none where they do not come in pairs. */
  private ImmutableList<Moments> shapes() {
    ImmutableList.Builder<Moments> pairs = ImmutableList.builder();
    boolean paired = optimizer.listed().size() % 2 == 0;
    for (int i = 0; paired && i < optimizer.listed().size(); i += 2) {
      pairs.add(new Moments(optimizer.listed().get(i), optimizer.listed().get(i + 1)));
    }
    return pairs.build();
  }

  private boolean fits(List<String> paths) {
    ImmutableList<Moments> pairs = shapes();
    boolean fit = optimizer.listed().size() == 2 * paths.size();
    for (int i = 0; fit && i < paths.size(); i++) {
      fit = pairs.get(i).fit(variables.shape(paths.get(i)));
    }
    return fit;
  }

  private ImmutableMap<String, Moments> listed(List<String> paths) {
    ImmutableList<Moments> pairs = shapes();
    ImmutableMap.Builder<String, Moments> moments = ImmutableMap.builder();
    for (int i = 0; i < paths.size(); i++) {
      moments.put(paths.get(i), pairs.get(i));
    }
    return moments.buildOrThrow();
  }

  /** The variables in the order of a model that may have its layers in another one. */
  private static ImmutableSet<ImmutableList<String>> inOrderOf(
      ImmutableList<String> layers, List<ImmutableList<String>> orders) {
    Map<String, Integer> places = new HashMap<>();
    for (String variable : orders.get(0)) {
      places.put(
          variable,
          OwnedPath.of(variable, layers).stream()
              .mapToInt(owned -> layers.indexOf(owned.layer()))
              .min()
              .orElse(layers.size()));
    }
    return orders.stream()
        .map(order -> ImmutableList.sortedCopyOf(Comparator.comparing(places::get), order))
        .collect(ImmutableSet.toImmutableSet());
  }
}
