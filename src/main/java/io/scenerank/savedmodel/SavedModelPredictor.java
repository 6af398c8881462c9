package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;

/**
 * Predicts with a SavedModel: one that this library exported, Keras 2 saved or Keras 3 exported, or
 * any other whose inputs and outputs are dense tensors of numbers, truth values or strings, of any
 * shape. See {@link InputSpec} and {@link Scores} for the types.
 *
 * <p>Safe for many threads at once, {@link #close} included; see {@link Ranker}.
 */
public final class SavedModelPredictor implements Ranker {
  /** The signature that is used unless another is named. */
  public static final String SERVING_DEFAULT = "serving_default";

  /** What Python's saver lists among the signatures and nobody calls. */
  private static final String INIT_OP = "__saved_model_init_op";

  private final SavedModelBundle bundle;
  private final String signatureName;
  private final SignatureRunner runner;

  private SavedModelPredictor(
      SavedModelBundle bundle, String signatureName, SignatureRunner runner) {
    this.bundle = bundle;
    this.signatureName = signatureName;
    this.runner = runner;
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
    SavedModelBundle bundle = BundleLoader.load(path, threads);
    try {
      MetaGraphDef model = bundle.metaGraphDef();
      requireSignature(path, signature, model);
      return new SavedModelPredictor(
          bundle,
          signature,
          new SignatureRunner(
              path.toString(),
              bundle.session(),
              model.getGraphDef(),
              model.getSignatureDefMap(),
              signature));
    } catch (RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  private static void requireSignature(Path path, String signature, MetaGraphDef model) {
    Map<String, SignatureDef> signatures = new TreeMap<>(model.getSignatureDefMap());
    signatures.remove(INIT_OP);
    if (signatures.isEmpty()) {
      throw new InvalidInputException(
          path + ": the SavedModel has no signature, expected '" + signature + "'");
    }
    if (!signatures.containsKey(signature)) {
      throw new InvalidInputException(
          path
              + ": signature '"
              + signature
              + "' is unknown"
              + Nearest.hint(signature, signatures.keySet()));
    }
  }

  /** Name of the signature. */
  public String signature() {
    return signatureName;
  }

  @Override
  public ImmutableMap<String, InputSpec> inputs() {
    return runner.inputs();
  }

  @Override
  public ImmutableSet<String> outputs() {
    return runner.outputs().keySet();
  }

  @Override
  public ImmutableMap<String, OutputSpec> outputSpecs() {
    return runner.outputs();
  }

  @Override
  public Scores predict(Features features) {
    return runner.predict(features);
  }

  @Override
  public void close() {
    runner.close(bundle::close);
  }
}
