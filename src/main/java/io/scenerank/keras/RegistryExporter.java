package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.ModelDefinition;
import io.scenerank.variable.FloatTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A model of the registry in the form of Keras 3's files. */
final class RegistryExporter implements ExportedForm {
  private final FunctionalModel model;

  /**
   * @throws io.scenerank.config.InvalidInputException if the model has no form in Keras
   */
  RegistryExporter(ModelDefinition<?> definition) {
    this.model = FunctionalModel.of(definition, 3);
  }

  @Override
  public ObjectNode config(Optional<ObjectNode> compiled) {
    return model.toConfigJson(compiled);
  }

  @Override
  public void write(Hdf5Writer writer, Map<String, FloatTensor> weights) {
    ImmutableMap<String, String> groups = Keras3Names.groups(model);
    ImmutableList<String> ordered = new KerasOrder(model).variables(weights.keySet());
    for (String variable : ordered) {
      int index = ModelVariables.siblings(variable, ordered).indexOf(variable);
      // A shared unit is written once, under the first layer that has it.
      OwnedPath owned = OwnedPath.of(variable, groups.keySet()).get(0);
      String group =
          groups.get(owned.layer())
              + Keras3Items.groups(owned.inside(), activation(owned.layer()))
              + "/"
              + Keras3Paths.VARS;
      writer.put(group, Integer.toString(index), requireNonNull(weights.get(variable), variable));
      if (index == 0 && !owned.inside().contains("/")) {
        writer.attribute(group, "name", FunctionalLayer.name(owned.layer(), 3));
      }
    }
  }

  private String activation(String layer) {
    return model.layers().stream()
        .filter(candidate -> candidate.path().equals(layer))
        .map(found -> found.config().path("activation").asText())
        .findFirst()
        .orElse("");
  }

  @Override
  public List<String> trainable(Set<String> paths) {
    return new KerasOrder(model).trainableVariables(paths);
  }
}
