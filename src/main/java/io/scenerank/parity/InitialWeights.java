package io.scenerank.parity;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** The first values of a model's variables from the integer seeds of a case. */
final class InitialWeights {
  private InitialWeights() {}

  /**
   * Draws every variable by the model's own initialisers.
   *
   * @param seeds integer seeds by path; a variable that begins as a constant needs none
   * @return {@code initial/<path>}, every variable
   * @throws InvalidInputException if a seed is for no variable of the model
   */
  static ImmutableMap<String, FloatTensor> draw(
      CaseFile file, ModelDefinition<?> definition, ImmutableMap<String, Integer> seeds) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0, seeds), Optional.empty());
      ModelGraph.build(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      ImmutableSet<String> unknown =
          Sets.difference(seeds.keySet(), store.parts().keySet()).immutableCopy();
      if (!unknown.isEmpty()) {
        throw new InvalidInputException(
            file.path() + ": steps/initializer_seeds: no variable of the model at " + unknown);
      }
      WeightAccess access = new WeightAccess(tf, store.weights());
      try (Session session = new Session(graph)) {
        Session.Runner runner = session.runner();
        store.initializers().forEach(runner::addTarget);
        runner.run().close();
        ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
        access.read(session).forEach((path, value) -> values.put("initial/" + path, value));
        return values.buildOrThrow();
      }
    }
  }
}
