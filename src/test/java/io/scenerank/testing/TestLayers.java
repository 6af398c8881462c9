package io.scenerank.testing;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** Single layers, at places of their own. */
public final class TestLayers {
  private TestLayers() {}

  /** A layer of Keras 3 by its class and its constructor's arguments. */
  public static Layer layer(String kerasClass, Map<String, ?> arguments) {
    return layer(kerasClass, arguments, 3);
  }

  /** A layer of a generation of Keras. */
  public static Layer layer(String kerasClass, Map<String, ?> arguments, int generation) {
    LayerTypes types = LayerTypes.standard();
    return types
        .layer(kerasClass)
        .orElseThrow()
        .read(
            "test",
            new ConfigMapper().toTree(arguments),
            generation,
            ModelReader.objects(types, "test"));
  }

  /** A layer whose variables are below {@code scope}. */
  public static BoundLayer bind(LayerScope scope, Layer layer) {
    return BuildScope.root(scope, LayerTree.root(layer)).self(layer);
  }

  /** A layer whose variables are below {@code scope}. */
  public static BoundLayer bind(LayerScope scope, String kerasClass, Map<String, ?> arguments) {
    return bind(scope, layer(kerasClass, arguments));
  }

  /**
   * A layer below {@code scope} that a step calls several times.
   *
   * @param name its place
   */
  public static BoundLayer bind(
      LayerScope scope, String name, String kerasClass, Map<String, ?> arguments, int calls) {
    Layer layer = layer(kerasClass, arguments);
    return BuildScope.root(scope, LayerTree.root(layer("Identity", ImmutableMap.of())))
        .child(name, layer, calls);
  }

  /** The variables of a Dense: a kernel [in, units] and a bias [units]. */
  public static void dense(LayerScope scope, int in, int units) {
    scope.add("kernel", Shape.of(in, units), Initializer.GLOROT_UNIFORM, 0f);
    scope.add("bias", Shape.of(units), Initializer.ZEROS, 0f);
  }
}
