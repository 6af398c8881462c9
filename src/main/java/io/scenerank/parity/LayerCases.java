package io.scenerank.parity;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.layer.Activation;
import io.scenerank.layer.ApgLayer;
import io.scenerank.layer.Condition;
import io.scenerank.layer.Dnn;
import io.scenerank.layer.EpNet;
import io.scenerank.layer.GateNu;
import io.scenerank.layer.PpNet;
import io.scenerank.layer.PredictLayer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The layers that a parity case can name, and how each is built of its arguments. */
final class LayerCases {
  private final ImmutableMap<String, LayerCase> cases =
      ImmutableMap.<String, LayerCase>builder()
          .put("GateNu", LayerCases::gateNu)
          .put("EpNet", LayerCases::epNet)
          .put("PpNet", LayerCases::ppNet)
          .put("Dnn", LayerCases::dnn)
          .put("PredictLayer", LayerCases::predictLayer)
          .put("ApgLayer", LayerCases::apgLayer)
          .putAll(new MetaLayerCases().cases())
          .buildOrThrow();

  /** The original's names of its classes. */
  private final ImmutableMap<String, String> originals =
      ImmutableMap.of(
          "GateNU", "GateNu",
          "EPNet", "EpNet",
          "PPNet", "PpNet",
          "DNNs", "Dnn",
          "APGLayer", "ApgLayer");

  /** Builds one layer and calls it. */
  @FunctionalInterface
  interface LayerCase {
    List<Operand<TFloat32>> call(Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs);
  }

  /**
   * @throws InvalidInputException if the project has no such layer
   */
  LayerCase get(CaseFile file) {
    LayerCase found = cases.get(originals.getOrDefault(file.name(), file.name()));
    if (found == null) {
      throw new InvalidInputException(
          file.path()
              + ": layer '"
              + file.name()
              + "' is unknown"
              + SpellingHint.hint(file.name(), cases.keySet()));
    }
    return found;
  }

  private static List<Operand<TFloat32>> gateNu(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config = config(file, "hidden_units", "gamma", "l2_reg");
    ImmutableList<Integer> units = config.integers("hidden_units");
    if (units.size() != 2) {
      throw new InvalidInputException(
          file.path() + ": hidden_units is " + units + ", expected two widths");
    }
    Operand<TFloat32> x = inputs.get("x");
    GateNu layer =
        GateNu.hiddenUnits(units.get(0), units.get(1))
            .gamma(config.floatOr("gamma", 2f))
            .build(scope, Shapes.last(x));
    return List.of(layer.call(tf, x));
  }

  private static List<Operand<TFloat32>> epNet(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config = config(file, "l2_reg");
    Operand<TFloat32> domain = inputs.get("domain");
    Operand<TFloat32> emb = inputs.get("emb");
    EpNet layer =
        new EpNet(scope, Shapes.last(domain), Shapes.last(emb), config.floatOr("l2_reg", 0f));
    return List.of(layer.call(tf, domain, emb));
  }

  private static List<Operand<TFloat32>> ppNet(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config =
        config(file, "multiples", "hidden_units", "activation", "dropout", "l2_reg");
    Operand<TFloat32> x = inputs.get("x");
    Operand<TFloat32> persona = inputs.get("persona");
    PpNet layer =
        PpNet.towers(config.integer("multiples"), config.integers("hidden_units"))
            .activation(config.activationOr("activation", Activation.RELU))
            .dropout(config.floatOr("dropout", 0f))
            .build(scope, Shapes.last(x), Shapes.last(persona));
    return layer.call(tf, x, persona);
  }

  private static List<Operand<TFloat32>> dnn(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config =
        config(
            file,
            "units",
            "dropout_rate",
            "activation",
            "out_active",
            "use_bn",
            "last_layer_name"); // of a Dense, for Keras' eyes
    Operand<TFloat32> x = inputs.get("x");
    Dnn layer =
        Dnn.units(config.integers("units"))
            .dropoutRate(config.floatOr("dropout_rate", 0f))
            .activation(config.activationOr("activation", Activation.RELU))
            .outActive(config.booleanOr("out_active", false))
            .useBn(config.booleanOr("use_bn", false))
            .build(scope, Shapes.last(x));
    return List.of(layer.call(tf, x));
  }

  private static List<Operand<TFloat32>> predictLayer(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config =
        config(file, "as_logit", "use_bias", "activation", "task", "num_classes")
            .require(
                ImmutableMap.of(
                    "task", ImmutableSet.of("binary"), "num_classes", ImmutableSet.of("1")));
    Operand<TFloat32> x = inputs.get("x");
    PredictLayer layer =
        new PredictLayer(scope, Shapes.last(x), config.booleanOr("use_bias", false));
    Activation given = config.activationOr("activation", Activation.LINEAR);
    // Without as_logit the layer is a sigmoid and ignores the given activation.
    return List.of(
        config.booleanOr("as_logit", false)
            ? given.build(scope.child("activation"), Shape.of(1)).call(tf, layer.logit(tf, x))
            : layer.call(tf, x));
  }

  private static List<Operand<TFloat32>> apgLayer(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config =
        config(
            file,
            "input_dim",
            "output_dim",
            "scene_emb_dim",
            "activation",
            "generate_activation",
            "inner_activation",
            "use_uv_shared",
            "mf_k",
            "use_mf_p",
            "mf_p",
            "l2_reg");
    Operand<TFloat32> x = inputs.get("x");
    Operand<TFloat32> scene = inputs.get("scene");
    ApgLayer.Options defaults = ApgLayer.outputDim(config.positive("output_dim"));
    ApgLayer.Options options =
        new ApgLayer.Options(
            defaults.outputDim(),
            config.activationOr("activation", defaults.activation()),
            config.activationOr("generate_activation", Activation.LINEAR),
            config.activationOr("inner_activation", Activation.LINEAR),
            config.booleanOr("use_uv_shared", defaults.useUvShared()),
            config.booleanOr("use_mf_p", defaults.useMfP()),
            config.positiveOr("mf_k", defaults.mfK()),
            config.positiveOr("mf_p", defaults.mfP()),
            config.floatOr("l2_reg", 0f));
    ApgLayer layer = options.build(scope, Shapes.last(x), Shapes.last(scene));
    return List.of(layer.call(tf, x, Condition.perRow(scene)));
  }

  static LayerConfig config(CaseFile file, String... known) {
    return config(file, ImmutableSet.copyOf(known));
  }

  static LayerConfig config(CaseFile file, ImmutableSet<String> known) {
    return new LayerConfig(file.config(), file.path() + ": " + file.name(), known);
  }
}
