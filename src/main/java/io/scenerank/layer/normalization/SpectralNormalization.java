package io.scenerank.layer.normalization;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Norms;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code SpectralNormalization}: in training, each call first divides the kernel of the
 * layer inside by its largest singular value, as power iteration finds it.
 *
 * <p>Inputs and outputs are those of the layer inside. Variable {@code vector_u} [1, out]. Source:
 * Spectral Normalization for Generative Adversarial Networks (Miyato et al., 2018).
 */
final class SpectralNormalization extends Layer {
  static final LayerType TYPE =
      LayerType.of("SpectralNormalization", SpectralNormalization::new)
          .argument("layer")
          .argument("power_iterations", 1);

  private static final double FIRST_DEVIATION = 0.02;

  private final Layer layer;
  private final int iterations;

  private SpectralNormalization(LayerConfig config) {
    super(config);
    this.layer = config.layer("layer");
    this.iterations = config.integer("power_iterations", 1);
  }

  @Override
  public boolean wraps() {
    return true;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    if (scope.training().isPresent()) {
      requireTrainable(scope);
    }
    AtomicBoolean found = new AtomicBoolean();
    BoundLayer inner =
        scope.child(
            "layer",
            layer,
            kernel -> {
              found.set(true);
              return normalized(scope, kernel);
            });
    inner.built(inputs);
    if (!found.get()) {
      throw new IllegalArgumentException(
          "the layer inside, " + layer.kerasClass() + ", has no kernel and no embeddings");
    }
    return (context, arguments) -> {
      MaskedTensor out = inner.call(context.tf(), arguments).only();
      return Structure.leaf(
          MaskedTensor.of(Casts.to(context.tf(), out.value(), arguments.only().value().type())));
    };
  }

  private void requireTrainable(BuildScope scope) {
    if (scope.calls() > 1) {
      throw new IllegalArgumentException(
          "it is called several times, expected once: each call in training changes the kernel");
    }
    for (String argument : List.of("kernel_regularizer", "embeddings_regularizer")) {
      if (config().json().path("layer").path("config").path(argument).isObject()) {
        throw new IllegalArgumentException(
            "the layer inside has a " + argument + ", which is not computed here");
      }
    }
  }

  /** The kernel as it is at inference; in training, what a step first makes of it. */
  private Variable normalized(BuildScope scope, Variable kernel) {
    scope.addAlias("kernel", kernel);
    Shape shape = kernel.shape();
    long width = shape.get(shape.numDimensions() - 1);
    Variable u =
        scope.addUntrained(
            "vector_u", Shape.of(1, width), Initializer.truncatedNormal(0, FIRST_DEVIATION));
    if (scope.training().isEmpty()) {
      return kernel;
    }
    Weight weight = kernel.weight();
    if (weight.isRemote()) {
      throw new IllegalArgumentException("it is not trained on several machines");
    }
    Ops tf = scope.store().ops();
    Operand<TFloat32> matrix =
        tf.reshape(kernel.value(), tf.constant(new long[] {-1, width})); // [in, out]
    Operand<TFloat32> left = u.value(); // [1, out]
    Operand<TFloat32> right = left;
    for (int i = 0; i < iterations; i++) {
      right = unit(tf, tf.linalg.matMul(left, matrix, MatMul.transposeB(true))); // [1, in]
      left = unit(tf, tf.linalg.matMul(right, matrix));
    }
    Operand<TFloat32> sigma =
        tf.linalg.matMul(tf.linalg.matMul(right, matrix), left, MatMul.transposeB(true)); // [1, 1]
    Operand<TFloat32> scalar = tf.reshape(sigma, tf.constant(new int[0]));
    Operand<TFloat32> largest =
        tf.reduceMax(tf.math.abs(tf.reshape(matrix, tf.constant(new int[] {-1}))), tf.constant(0));
    var empty = tf.math.equal(largest, tf.constant(0f));
    Operand<TFloat32> divided =
        tf.select(empty, kernel.value(), tf.math.div(kernel.value(), scalar));
    List<Op> assigned =
        List.of(
            tf.assignVariableOp(weight.handle(), divided),
            tf.assignVariableOp(u.weight().handle(), tf.select(empty, u.value(), left)));
    // The gradient is that of the divided kernel, which the step then updates.
    Operand<TFloat32> change =
        tf.withControlDependencies(assigned).stopGradient(tf.math.sub(divided, kernel.value()));
    return new Variable(weight.withValue(tf.math.add(kernel.value(), change)), kernel.compute());
  }

  private static Operand<TFloat32> unit(Ops tf, Operand<TFloat32> x) {
    Operand<TFloating> floats = Casts.toFloating(tf, x, TFloat32.class);
    return Casts.to(tf, Norms.unit(tf, floats, new int[] {0, 1}, Norms.EPSILON), TFloat32.class);
  }
}
