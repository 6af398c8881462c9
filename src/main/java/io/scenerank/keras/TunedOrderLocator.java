package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import io.scenerank.model.ModelDefinition;
import java.util.Collection;
import org.tensorflow.ndarray.Shape;

/**
 * Finds variables in an export of this library that Python has loaded, trained on and saved: a list
 * in the order of the export's graph, where all tables of one width are one variable.
 */
final class TunedOrderLocator implements VariableLocator {
  private final ImmutableList<StoredVariable> stored;

  TunedOrderLocator(ImmutableList<StoredVariable> stored) {
    this.stored = stored;
  }

  @Override
  public Located locate(ModelDefinition<?> definition, ModelVariables variables) {
    ImmutableListMultimap.Builder<String, StoredVariable> located = ImmutableListMultimap.builder();
    int next = 0;
    for (Collection<String> parts : variables.parts().asMap().values()) {
      if (next == stored.size()) {
        break;
      }
      StoredVariable whole = stored.get(next++);
      if (parts.size() == 1) {
        located.put(parts.iterator().next(), whole);
      } else {
        cut(whole, parts, variables, located);
      }
    }
    return Located.proven(located.build());
  }

  /** A variable of another number of rows is not cut: then its tables are missing. */
  private static void cut(
      StoredVariable whole,
      Collection<String> parts,
      ModelVariables variables,
      ImmutableListMultimap.Builder<String, StoredVariable> located) {
    long rows = parts.stream().mapToLong(part -> variables.shape(part).get(0)).sum();
    Shape shape = whole.shape();
    if (shape.numDimensions() == 0 || shape.get(0) != rows) {
      return;
    }
    long from = 0;
    for (String part : parts) {
      long to = from + variables.shape(part).get(0);
      located.put(part, whole.rows(from, to));
      from = to;
    }
  }
}
