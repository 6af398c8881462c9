package io.scenerank.layer.ops;

import static java.util.Objects.requireNonNull;

import com.google.common.base.CaseFormat;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.ActivationFormulas;
import io.scenerank.layer.base.Activations.ActivationFunctions;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Softmaxes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** Activations of {@code keras.ops.nn}. */
final class ActivationOps {
  /** A function of each value with one parameter. */
  private interface Parametrised {
    Operand<TFloating> call(Ops tf, Operand<TFloating> x, double parameter);
  }

  /** Those without a parameter, which {@code keras.activations} has too. */
  private static final ImmutableList<String> PLAIN =
      ImmutableList.of(
          "Relu",
          "Relu6",
          "Sigmoid",
          "SparseSigmoid",
          "Softplus",
          "Softsign",
          "SparsePlus",
          "Silu",
          "LogSigmoid",
          "HardSigmoid",
          "HardSilu",
          "Selu",
          "TanhShrink",
          "HardTanh");

  private ActivationOps() {}

  static ImmutableList<LayerType> types() {
    ImmutableList.Builder<LayerType> types = ImmutableList.builder();
    PLAIN.forEach(name -> types.add(plain(name)));
    types.add(
        with("SoftShrink", "threshold", 0.5, ActivationFormulas::softShrink),
        with("HardShrink", "threshold", 0.5, ActivationFormulas::hardShrink),
        with("Squareplus", "b", 4, ActivationFormulas::squareplus),
        with("LeakyRelu", "negative_slope", 0.2, ActivationFormulas::leakyRelu),
        with("Elu", "alpha", 1, ActivationFormulas::elu),
        with("Celu", "alpha", 1, ActivationFormulas::celu),
        Operation.single(
                "Gelu",
                call -> ActivationFormulas.gelu(call.tf(), x(call), call.flag("approximate")))
            .argument("approximate", true),
        Operation.single(
                "Threshold",
                call ->
                    ActivationFormulas.threshold(
                        call.tf(), x(call), call.number("threshold"), call.number("default_value")))
            .argument("threshold")
            .argument("default_value"),
        Operation.single(
                "Glu", call -> ActivationFormulas.glu(call.tf(), x(call), call.integer("axis")))
            .argument("axis", -1),
        Operation.single("Softmax", ActivationOps::softmax).argument("axis", -1),
        Operation.single("LogSoftmax", ActivationOps::logSoftmax).argument("axis", -1),
        Operation.single("Sparsemax", ActivationOps::sparsemax).argument("axis", -1));
    return types.build();
  }

  private static LayerType plain(String name) {
    String key = CaseFormat.UPPER_CAMEL.to(CaseFormat.LOWER_UNDERSCORE, name);
    ActivationFunctions.Function function =
        requireNonNull(ActivationFunctions.ofGeneration(3).get(key), key);
    return Operation.single(name, call -> function.call(call.tf(), x(call)));
  }

  private static LayerType with(
      String name, String option, double standard, Parametrised function) {
    return Operation.single(name, call -> function.call(call.tf(), x(call), call.number(option)))
        .argument(option, standard);
  }

  private static Operand<TFloating> x(OpCall call) {
    return Value.typed(call.floats());
  }

  private static Operand<TFloating> softmax(OpCall call) {
    Ops tf = call.tf();
    Operand<TFloating> x = x(call);
    return call.has("axis")
        ? Softmaxes.softmax(tf, x, call.integer("axis"))
        : tf.reshape(tf.nn.softmax(tf.reshape(x, tf.constant(new int[] {-1}))), tf.shape(x));
  }

  private static Operand<TFloating> logSoftmax(OpCall call) {
    Operand<TFloating> x = x(call);
    return Softmaxes.logSoftmax(call.tf(), x, call.axes("axis", Axes.rank(x)));
  }

  private static Operand<TFloating> sparsemax(OpCall call) {
    Operand<TFloating> x = x(call);
    int[] order = Axes.last(Axes.rank(x), call.axis("axis", Axes.rank(x)));
    return Axes.permuted(
        call.tf(),
        Softmaxes.sparsemax(call.tf(), Axes.permuted(call.tf(), x, order)),
        Axes.inverse(order));
  }
}
