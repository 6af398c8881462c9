package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelDefinition;
import io.scenerank.variable.FloatTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tensorflow.ndarray.Shape;

/**
 * Which of a source's variables is which of the model's: each of the model's exactly one, or copies
 * of one, and none left over.
 */
final class WeightMatch {
  private final String where;
  private final ModelVariables variables;
  private final Located found;
  private final ImmutableListMultimap<String, StoredVariable> located;
  private final ImmutableList<StoredVariable> stored;

  private WeightMatch(
      String where, ModelVariables variables, Located found, ImmutableList<StoredVariable> stored) {
    this.where = where;
    this.variables = variables;
    this.found = found;
    this.located = found.variables();
    this.stored = stored;
  }

  /**
   * Matches all variables.
   *
   * @throws InvalidInputException with a table of what is missing, surplus or of another shape
   */
  static WeightMatch of(
      KerasSource source, ModelDefinition<?> definition, ModelVariables variables) {
    WeightMatch match =
        new WeightMatch(
            source.where(),
            variables,
            source.locator().locate(definition, variables),
            source.variables());
    ImmutableList<String> problems = match.problems();
    if (!problems.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: %d of its variables and the model's do not fit (%s)",
              source.where(),
              problems.size(),
              definition.type().name()),
          problems);
    }
    return match;
  }

  private ImmutableList<String> problems() {
    ImmutableList.Builder<String> problems = ImmutableList.builder();
    variables
        .shapes()
        .forEach(
            (path, shape) -> {
              if (!located.containsKey(path)) {
                problems.add(line("missing", path, shape, ""));
              }
              for (StoredVariable found : located.get(path)) {
                if (!found.shape().equals(shape)) {
                  problems.add(line("other shape", path, shape, describe(found)));
                }
              }
            });
    ImmutableSet<StoredVariable> used =
        located.values().stream().map(StoredVariable::whole).collect(ImmutableSet.toImmutableSet());
    ImmutableSetMultimap.copyOf(located)
        .inverse()
        .asMap()
        .forEach(
            (variable, paths) -> {
              if (paths.size() > 1) {
                problems.add(
                    line(
                        "ambiguous",
                        String.join(", ", paths),
                        variable.shape(),
                        describe(variable)));
              }
            });
    for (StoredVariable variable : stored) {
      if (!used.contains(variable)) {
        problems.add(line("surplus", variable.key(), variable.shape(), ""));
      }
    }
    return problems.build();
  }

  private static String line(String problem, String path, Shape shape, String found) {
    return String.format(
        "  %-12s %s %s%s", problem, path, text(shape), found.isEmpty() ? "" : ", found " + found);
  }

  private static String describe(StoredVariable variable) {
    return variable.key() + " " + text(variable.shape());
  }

  private static String text(Shape shape) {
    return Arrays.toString(shape.asArray());
  }

  /** What nothing in the source tells, and only the order assumed here does, a line each. */
  ImmutableList<String> guessed() {
    return found.guessed();
  }

  /** What rests on the order in which a layer's code creates its variables, a line each. */
  ImmutableList<String> unproven() {
    return found.unproven();
  }

  /** One line for each kind of float that is not the model's own. */
  ImmutableList<String> warnings() {
    return located.values().stream()
        .filter(variable -> variable.isFloat() && !variable.isFloat32())
        .map(StoredVariable::dtype)
        .distinct()
        .map(dtype -> where + ": weights of " + dtype + " are converted to float32")
        .collect(ImmutableList.toImmutableList());
  }

  /** Key of a variable in the source, or of its first copy. */
  String keyOf(String path) {
    return located.get(path).get(0).key();
  }

  /**
   * Reads the values.
   *
   * @throws InvalidInputException if a value is damaged, or copies of a variable differ
   */
  ImmutableMap<String, FloatTensor> read() {
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    for (String path : variables.paths()) {
      List<StoredVariable> copies = located.get(path);
      FloatTensor value = copies.get(0).read(where);
      for (StoredVariable copy : copies.subList(1, copies.size())) {
        if (!Arrays.equals(copy.read(where).values(), value.values())) {
          throw new InvalidInputException(
              String.format(
                  "%s: '%s' and '%s' are one variable, %s, but their values differ",
                  where, copies.get(0).key(), copy.key(), path));
        }
      }
      values.put(path, value);
    }
    return values.buildOrThrow();
  }
}
