package io.scenerank.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.layer.LayerTypes;
import io.scenerank.model.ModelParams.ModelInputs;
import java.util.List;

/** The registry of models. */
@PublicApi
public final class Models {
  /** PEPNet. */
  public static final ModelType<PepNetParams> PEPNET = PepNet.TYPE;

  /** APG. */
  public static final ModelType<ApgParams> APG = Apg.TYPE;

  /** M2M. */
  public static final ModelType<M2mParams> M2M = M2m.TYPE;

  /** MMoE. */
  public static final ModelType<MmoeParams> MMOE = Mmoe.TYPE;

  /** The shared bottom. */
  public static final ModelType<SharedBottomParams> SHARED_BOTTOM = SharedBottom.TYPE;

  private final ImmutableMap<String, ModelType<?>> types;
  private final LayerTypes layers;

  public Models(Iterable<ModelType<?>> types) {
    this(types, LayerTypes.standard());
  }

  private Models(Iterable<ModelType<?>> types, LayerTypes layers) {
    this.types = Maps.uniqueIndex(types, ModelType::name);
    this.layers = layers;
  }

  /** The models of this library. */
  public static Models standard() {
    return new Models(ImmutableList.of(PEPNET, APG, M2M, MMOE, SHARED_BOTTOM));
  }

  /** These models and one more. */
  public Models with(ModelType<?> type) {
    return new Models(
        ImmutableList.<ModelType<?>>builder().addAll(types.values()).add(type).build(), layers);
  }

  /** These models, of which the imported ones may have these layers. */
  public Models with(LayerTypes newLayers) {
    return new Models(types.values(), newLayers);
  }

  /** The layers that an imported model may have. */
  public LayerTypes layers() {
    return layers;
  }

  /** The groups that {@code prepare} gives to columns, so that each of these models reads them. */
  public DefaultGroups groups() {
    DefaultGroups all = DefaultGroups.NONE;
    for (ModelType<?> type : types.values()) {
      all = all.with(type.groups());
    }
    return all.last(ModelInputs.LINEAR);
  }

  /**
   * A model of parameters in JSON.
   *
   * @param given the parameters that are not the defaults; the tasks have none
   * @param where how messages call the parameters
   * @throws InvalidInputException naming the parameter that is unknown, of another type or out of
   *     range, or what the model needs and the columns lack
   */
  public <P extends ModelParams> ModelDefinition<P> define(
      ModelType<P> type, JsonNode given, List<FeatureColumn> columns, String where) {
    return new DefinitionMapper().define(type, given, columns, where);
  }

  /** Lines about columns of a data set that none of these models reads. */
  public ImmutableList<String> notes(Schema schema) {
    return groupNames().notes(schema);
  }

  /**
   * Lines about columns of a data set that one model, which may be none of these, does not read.
   */
  public ImmutableList<String> notes(Schema schema, ModelDefinition<?> definition) {
    return groupNames().with(definition.params().inputs()).notes(schema, definition.type().name());
  }

  private GroupNames groupNames() {
    ImmutableSet.Builder<String> known = ImmutableSet.builder();
    types.values().forEach(type -> known.addAll(defaults(type).inputs().groupNames()));
    return new GroupNames(types.keySet(), known.build());
  }

  private static ModelParams defaults(ModelType<?> type) {
    return type.defaults(ImmutableList.of("task"));
  }

  /** Names of all models. */
  public ImmutableList<String> names() {
    return types.keySet().asList();
  }

  /**
   * The type of a model.
   *
   * @throws InvalidInputException with the nearest name if there is no such model
   */
  public ModelType<?> get(String name) {
    if (name.equals(KerasGraph.NAME)) {
      return KerasGraph.type(layers);
    }
    ModelType<?> type = types.get(name);
    if (type == null) {
      throw new InvalidInputException(
          "model '" + name + "' is unknown" + SpellingHint.hint(name, types.keySet()));
    }
    return type;
  }
}
