package io.scenerank.parity;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.model.M2mParams.AttentionMasking;
import io.scenerank.variable.LayerScope;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The layers that a parity case can name: each on inputs of its own names. */
final class LayerCases {
  private static final String ATTENTION = "MultiHeadAttention";
  private static final String MASK = "AttentionMask";
  private static final String POSITIONS = "PositionEncodingLayer";
  private static final String MASKING = "attention_masking";
  private static final String UNIT = "meta_unit";

  /** Names of the inputs in a case, in the order of the call. */
  private static final ImmutableMap<String, ImmutableList<String>> INPUTS =
      ImmutableMap.<String, ImmutableList<String>>builder()
          .put("GateNu", ImmutableList.of("x"))
          .put("GateNU", ImmutableList.of("x"))
          .put("EpNet", ImmutableList.of("domain", "emb"))
          .put("EPNet", ImmutableList.of("domain", "emb"))
          .put("PpNet", ImmutableList.of("x", "persona"))
          .put("PPNet", ImmutableList.of("x", "persona"))
          .put("Dnn", ImmutableList.of("x"))
          .put("DNNs", ImmutableList.of("x"))
          .put("PredictLayer", ImmutableList.of("x"))
          .put("ApgLayer", ImmutableList.of("x", "scene"))
          .put("APGLayer", ImmutableList.of("x", "scene"))
          .put(POSITIONS, ImmutableList.of("x"))
          .put(ATTENTION, ImmutableList.of("x"))
          .put("TaskEmbedding", ImmutableList.of("x"))
          .put("MetaUnit", ImmutableList.of("x", "scenario_views"))
          .put("MetaAttention", ImmutableList.of("expert_views", "task_views", "scenario_views"))
          .put("MetaTower", ImmutableList.of("x", "scenario_views"))
          .buildOrThrow();

  /** Where a unit's variables are that a case gives to its layer. */
  private static final ImmutableMap<String, String> UNITS =
      ImmutableMap.of("MetaAttention", UNIT, "MetaTower", "layers/0");

  private final LayerTypes types = LayerTypes.standard();

  /**
   * Builds the layer of a case and calls it.
   *
   * @throws InvalidInputException if there is no such layer, or it cannot be called so
   */
  List<Operand<TFloat32>> call(Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerType type =
        types
            .layer(file.name())
            .filter(found -> INPUTS.containsKey(found.kerasClass()))
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        file.path()
                            + ": layer '"
                            + file.name()
                            + "' is unknown"
                            + SpellingHint.hint(file.name(), INPUTS.keySet())));
    try {
      Layer layer = layer(type, file);
      return BuildScope.root(scope, LayerTree.root(layer))
          .self(layer)
          .call(tf, arguments(tf, scope, type, inputs))
          .leaves()
          .stream()
          .map(output -> Casts.to(tf, output.value(), TFloat32.class))
          .toList();
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file.path() + ": " + e.getMessage(), e);
    }
  }

  private Layer layer(LayerType type, CaseFile file) {
    ObjectNode config = file.config().deepCopy();
    config.remove(ImmutableList.of("dynamic", MASKING, "query_shape", "key_shape", "value_shape"));
    requireFloat32(config.path("dtype"));
    if (config.hasNonNull(UNIT) && UNITS.containsKey(type.kerasClass())) {
      ObjectNode unit = config.path(UNIT).deepCopy();
      ObjectNode own = unit.has("class_name") ? (ObjectNode) unit.path("config") : unit;
      own.put("name", UNITS.get(type.kerasClass()));
      config.set(UNIT, unit);
    }
    AttentionMasking masking =
        file.config().hasNonNull(MASKING)
            ? new ConfigMapper()
                .convert(
                    file.config().get(MASKING),
                    AttentionMasking.class,
                    "argument '" + MASKING + "'")
            : file.masking();
    int generation = type.kerasClass().equals(ATTENTION) ? masking.generation() : 3;
    return type.read(file.name(), config, generation, ModelReader.objects(types, file.name()));
  }

  /** Keras 3 writes a policy where Keras 2 writes a type. */
  private static void requireFloat32(JsonNode dtype) {
    JsonNode name = dtype.isObject() ? dtype.path("config").path("name") : dtype;
    if (!name.isMissingNode() && !name.isNull() && !name.asText().equals("float32")) {
      throw new InvalidInputException("argument 'dtype' is " + name + ", expected float32");
    }
  }

  private Arguments<MaskedTensor> arguments(
      Ops tf, LayerScope scope, LayerType type, LayerInputs inputs) {
    ImmutableList<MaskedTensor> given =
        requireNonNull(INPUTS.get(type.kerasClass()), "class").stream()
            .map(name -> MaskedTensor.of(inputs.get(name)))
            .collect(ImmutableList.toImmutableList());
    if (type.kerasClass().equals(ATTENTION)) {
      requireSequence(given.get(0));
      Structure<MaskedTensor> x = Structure.leaf(given.get(0));
      Arguments<MaskedTensor> call = new Arguments<>(ImmutableList.of(x, x), ImmutableMap.of());
      Optional<Operand<TInt32>> ids = inputs.ids(tf, "ids");
      return ids.isEmpty()
          ? call
          : call.with("attention_mask", Structure.leaf(pairs(tf, scope, ids.get())));
    }
    if (type.kerasClass().equals(POSITIONS)) {
      requireSequence(given.get(0));
    }
    return given.size() == 1
        ? Arguments.of(given.get(0))
        : Arguments.ofStructure(Structure.items(given));
  }

  /** Which step sees which, [B, L, L], as the models ask their own layer for it. */
  private MaskedTensor pairs(Ops tf, LayerScope scope, Operand<TInt32> ids) {
    Layer mask =
        types
            .layer(MASK)
            .orElseThrow()
            .read("mask", new ConfigMapper().newObject(), 3, ModelReader.objects(types, "mask"));
    return BuildScope.root(scope, LayerTree.root(mask))
        .self(mask)
        .call(tf, Arguments.of(MaskedTensor.of(ids)))
        .only();
  }

  private static void requireSequence(MaskedTensor x) {
    if (x.rank() != 3) {
      throw new InvalidInputException(
          "inputs/x has the shape " + x.shape() + ", expected [B, L, D]");
    }
  }
}
