package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Trust.RefusedOp;
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
@PublicApi
public final class SavedModelPredictor extends SignatureRanker {
  /** What Python's saver lists among the signatures and nobody calls. */
  private static final String INIT_OP = "__saved_model_init_op";

  private final SavedModelBundle bundle;
  private final String signatureName;

  private SavedModelPredictor(
      SavedModelBundle bundle, String signatureName, SignatureRunner runner) {
    super(runner);
    this.bundle = bundle;
    this.signatureName = signatureName;
  }

  /** Loads the signature {@code serving_default}, with one thread a core. */
  public static SavedModelPredictor load(Path path) {
    return load(path, Trust.CHECKED);
  }

  /**
   * Loads the signature {@code serving_default}, with one thread a core.
   *
   * @param trust what the model's ops may do
   */
  public static SavedModelPredictor load(Path path, Trust trust) {
    return load(path, Signatures.SERVING_DEFAULT, 0, trust);
  }

  /** Loads a SavedModel that may compute and nothing else; see {@link Trust#CHECKED}. */
  public static SavedModelPredictor load(Path path, String signature, int threads) {
    return load(path, signature, threads, Trust.CHECKED);
  }

  /**
   * Loads a SavedModel.
   *
   * @param path the folder with {@code saved_model.pb}, or one with a folder a version, of which
   *     the one with the largest number is loaded
   * @param signature name of the signature
   * @param threads TensorFlow's threads; 0 for one a core
   * @param trust what the model's ops may do
   * @throws InvalidInputException if there is no SavedModel, it is damaged, it has ops that are
   *     refused or that this TensorFlow cannot run, or no such signature
   */
  public static SavedModelPredictor load(Path path, String signature, int threads, Trust trust) {
    Path folder = SavedModelFolder.find(path, trust);
    SavedModelBundle bundle = BundleLoader.load(folder, threads, trust);
    try {
      MetaGraphDef model = bundle.metaGraphDef();
      requireSignature(folder, signature, model);
      SignatureRunner runner =
          new SignatureRunner(
              folder.toString(),
              bundle.session(),
              model.getGraphDef(),
              model.getSignatureDefMap(),
              signature);
      if (XlaModules.areIn(model.getGraphDef())) {
        XlaModules.requireRunnable(folder, runner);
      }
      return new SavedModelPredictor(bundle, signature, runner);
    } catch (RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  /**
   * The folder that {@link #load(Path)} reads: the path itself or its newest version.
   *
   * @param path the folder with {@code saved_model.pb}, or one with a folder a version
   * @throws InvalidInputException if there is no SavedModel
   */
  public static Path folder(Path path) {
    return SavedModelFolder.find(path, Trust.CHECKED);
  }

  /**
   * The ops for which {@link Trust#CHECKED} refuses a model, found without running anything.
   *
   * @param folder with {@code saved_model.pb}
   * @throws InvalidInputException if there is none, or it is damaged
   */
  public static ImmutableList<RefusedOp> refusedOps(Path folder) {
    return RefusedOps.of(folder);
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
              + SpellingHint.hint(signature, signatures.keySet()));
    }
  }

  /** Name of the signature. */
  public String signature() {
    return signatureName;
  }

  @Override
  void free() {
    bundle.close();
  }
}
