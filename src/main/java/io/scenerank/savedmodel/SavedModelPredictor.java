package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import io.scenerank.layer.TensorFlowErrors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Predicts with a SavedModel: one that this library exported, Keras 2 saved or Keras 3 exported, or
 * any other whose inputs are int32, int64 or float32.
 *
 * <p>Safe for many threads at once. Close it when no thread predicts any more.
 */
public final class SavedModelPredictor implements AutoCloseable {
  /** The signature that is used unless another is named. */
  public static final String SERVING_DEFAULT = "serving_default";

  private static final ImmutableSet<String> VARIABLES =
      ImmutableSet.of("VarHandleOp", "VariableV2", "Variable");

  private final Path path;
  private final SavedModelBundle bundle;
  private final String signatureName;
  private final ImmutableMap<String, InputSpec> inputs;
  private final ImmutableMap<String, TensorInfo> outputs;
  private volatile boolean closed;

  private SavedModelPredictor(
      Path path, SavedModelBundle bundle, String signatureName, SignatureDef signature) {
    this.path = path;
    this.bundle = bundle;
    this.signatureName = signatureName;
    ImmutableMap.Builder<String, InputSpec> specs = ImmutableMap.builder();
    signature.getInputsMap().forEach((name, info) -> specs.put(name, InputSpec.of(name, info)));
    this.inputs = specs.buildOrThrow();
    this.outputs = ImmutableMap.copyOf(signature.getOutputsMap());
  }

  /** Loads the signature {@code serving_default}, with one thread a core. */
  public static SavedModelPredictor load(Path path) {
    return load(path, SERVING_DEFAULT, 0);
  }

  /**
   * Loads a SavedModel.
   *
   * @param path the folder with {@code saved_model.pb}
   * @param signature name of the signature
   * @param threads TensorFlow's threads; 0 for one a core
   * @throws InvalidInputException if there is no SavedModel, it is damaged, or it has no such
   *     signature
   */
  public static SavedModelPredictor load(Path path, String signature, int threads) {
    if (!Files.isRegularFile(path.resolve("saved_model.pb"))) {
      throw new InvalidInputException(path + ": no SavedModel there (saved_model.pb is missing)");
    }
    SavedModelBundle bundle = bundle(path, threads);
    try {
      requireVariables(path, bundle);
      Map<String, SignatureDef> signatures = bundle.metaGraphDef().getSignatureDefMap();
      SignatureDef found = signatures.get(signature);
      if (found == null) {
        throw new InvalidInputException(
            path
                + ": signature '"
                + signature
                + "' is unknown"
                + Nearest.hint(signature, signatures.keySet()));
      }
      return new SavedModelPredictor(path, bundle, signature, found);
    } catch (RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  /** The loader takes a model without a checkpoint for one without variables. */
  private static void requireVariables(Path path, SavedModelBundle bundle) {
    Path index = path.resolve("variables").resolve("variables.index");
    if (!Files.isRegularFile(index)
        && bundle.metaGraphDef().getGraphDef().getNodeList().stream()
            .anyMatch(node -> VARIABLES.contains(node.getOp()))) {
      throw new InvalidInputException(
          path + ": the SavedModel cannot be loaded (variables/variables.index is missing)");
    }
  }

  private static SavedModelBundle bundle(Path path, int threads) {
    ConfigProto config =
        ConfigProto.newBuilder()
            .setAllowSoftPlacement(true)
            .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(threads)
            .build();
    try {
      return SavedModelBundle.loader(path.toString())
          .withTags(SavedModelBundle.DEFAULT_TAG)
          .withConfigProto(config)
          .load();
    } catch (RuntimeException e) {
      // Whatever the loader throws, the folder is what it cannot read.
      throw new InvalidInputException(
          path + ": the SavedModel cannot be loaded (" + TensorFlowErrors.firstLine(e) + ")", e);
    }
  }

  /** Name of the signature. */
  public String signature() {
    return signatureName;
  }

  /** The inputs that {@link #predict} expects. */
  public ImmutableMap<String, InputSpec> inputs() {
    return inputs;
  }

  /** Names of the outputs. */
  public ImmutableSet<String> outputs() {
    return outputs.keySet();
  }

  /**
   * Scores rows.
   *
   * @throws InvalidInputException if a feature is missing, unknown, of another type or shape, or an
   *     id lies outside its vocabulary
   * @throws IllegalStateException if the predictor is closed
   */
  public Scores predict(Features features) {
    if (closed) {
      throw new IllegalStateException(path + ": the predictor is closed");
    }
    check(features);
    List<Tensor> tensors = new ArrayList<>();
    try {
      Session.Runner runner = bundle.session().runner();
      inputs.forEach(
          (name, spec) -> {
            Tensor tensor = tensor(features.get(name), spec);
            tensors.add(tensor);
            runner.feed(spec.tensorName(), tensor);
          });
      outputs.values().forEach(output -> runner.fetch(output.getName()));
      try (Result result = runner.run()) {
        return scores(result);
      }
    } catch (TFInvalidArgumentException e) {
      throw new InvalidInputException(path + ": " + VocabularyMessage.of(e), e);
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private Scores scores(Result result) {
    ImmutableMap.Builder<String, float[]> scores = ImmutableMap.builder();
    int next = 0;
    for (String name : outputs.keySet()) {
      Tensor tensor = result.get(next++);
      if (!(tensor instanceof TFloat32 floats)) {
        throw new InvalidInputException(
            path + ": output '" + name + "' is " + tensor.dataType() + ", expected DT_FLOAT");
      }
      float[] values = new float[Math.toIntExact(floats.size())];
      floats.asRawTensor().data().asFloats().read(values);
      scores.put(name, values);
    }
    return new Scores(scores.buildOrThrow());
  }

  private void check(Features features) {
    for (String name : Sets.difference(features.names(), inputs.keySet())) {
      throw new InvalidInputException(
          path + ": feature '" + name + "' is no input" + Nearest.hint(name, inputs.keySet()));
    }
    long rows = -1;
    for (InputSpec spec : inputs.values()) {
      Features.Value value = features.get(spec.name());
      if (value == null) {
        throw new InvalidInputException(path + ": feature '" + spec.name() + "' is missing");
      }
      spec.check(path, value);
      long found = value.shape().get(0);
      if (rows >= 0 && found != rows) {
        throw new InvalidInputException(
            String.format(
                "%s: feature '%s' has %d rows, the features before it %d",
                path, spec.name(), found, rows));
      }
      rows = found;
    }
  }

  private static Tensor tensor(Features.Value value, InputSpec spec) {
    if (spec.dataType() == DataType.DT_FLOAT) {
      return TFloat32.tensorOf(
          spec.shapeOf(value), DataBuffers.of(value.floats().orElseThrow(), true, false));
    }
    int[] ids = value.ids().orElseThrow();
    if (spec.dataType() == DataType.DT_INT64) {
      long[] wide = new long[ids.length];
      for (int i = 0; i < ids.length; i++) {
        wide[i] = ids[i];
      }
      return TInt64.tensorOf(spec.shapeOf(value), DataBuffers.of(wide, true, false));
    }
    return TInt32.tensorOf(spec.shapeOf(value), DataBuffers.of(ids, true, false));
  }

  @Override
  public void close() {
    closed = true;
    bundle.close();
  }
}
