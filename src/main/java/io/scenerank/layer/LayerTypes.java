package io.scenerank.layer;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.layer.attention.AttentionLayers;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.LayerType.Kind;
import io.scenerank.layer.conv.ConvolutionLayers;
import io.scenerank.layer.core.CoreLayers;
import io.scenerank.layer.merging.MergingLayers;
import io.scenerank.layer.normalization.NormalizationLayers;
import io.scenerank.layer.ops.OperationTypes;
import io.scenerank.layer.pooling.PoolingLayers;
import io.scenerank.layer.preprocessing.PreprocessingLayers;
import io.scenerank.layer.recommenders.RecommenderLayers;
import io.scenerank.layer.regularization.RegularizationLayers;
import io.scenerank.layer.reshaping.ReshapingLayers;
import io.scenerank.layer.rnn.RnnLayers;
import io.scenerank.layer.scene.SceneLayers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The registry of layers and operations, by the names that Keras' files give them. */
@PublicApi
public final class LayerTypes {
  private final ImmutableMap<Key, LayerType> types;

  private record Key(Kind kind, String name) {}

  private LayerTypes(ImmutableMap<Key, LayerType> types) {
    this.types = types;
  }

  /** The layers and operations that this library computes. */
  public static LayerTypes standard() {
    return new LayerTypes(ImmutableMap.of())
        .with(InputLayer.TYPE)
        .with(CoreLayers.types())
        .with(AttentionLayers.types())
        .with(RnnLayers.types())
        .with(PreprocessingLayers.types())
        .with(SceneLayers.types())
        .with(MergingLayers.types())
        .with(ReshapingLayers.types())
        .with(RegularizationLayers.types())
        .with(NormalizationLayers.types())
        .with(PoolingLayers.types())
        .with(ConvolutionLayers.types())
        .with(RecommenderLayers.types())
        .with(OperationTypes.types())
        .with(OperationTypes.keras2());
  }

  /** These types and one more, in the place of one of the same name. */
  public LayerTypes with(LayerType type) {
    LayerTypes all = this;
    for (String name : type.names()) {
      all = all.with(name, type);
    }
    return all;
  }

  /** These types and those of a list. */
  public LayerTypes with(Iterable<LayerType> more) {
    LayerTypes all = this;
    for (LayerType type : more) {
      all = all.with(type);
    }
    return all;
  }

  /**
   * These types and a layer of your own.
   *
   * @param registeredName what Keras' files call it: {@code my_package>Cross} of a class that was
   *     registered under {@code my_package}, or the name of the class
   * @param reader makes the layer of its arguments, which may be any
   */
  public LayerTypes with(String registeredName, Function<LayerConfig, Layer> reader) {
    return with(
        registeredName,
        LayerType.of(registeredName, reader)
            .module(registeredName.replaceFirst(">.*", ""))
            .withAnyArguments());
  }

  private LayerTypes with(String name, LayerType type) {
    Map<Key, LayerType> all = new LinkedHashMap<>(types);
    all.put(new Key(type.kind(), name), type);
    return new LayerTypes(ImmutableMap.copyOf(all));
  }

  /** A layer by its class or registered name. */
  public Optional<LayerType> layer(String name) {
    return Optional.ofNullable(types.get(new Key(Kind.LAYER, name)));
  }

  /** The names of all layers. */
  ImmutableSet<String> layerNames() {
    return types.keySet().stream()
        .filter(key -> key.kind() == Kind.LAYER)
        .map(Key::name)
        .collect(ImmutableSet.toImmutableSet());
  }

  /** An operation by its class. */
  Optional<LayerType> operation(String name) {
    return Optional.ofNullable(types.get(new Key(Kind.OPERATION, name)));
  }
}
