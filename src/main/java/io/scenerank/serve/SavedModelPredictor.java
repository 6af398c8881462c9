package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Trust.RefusedOp;
import java.nio.file.Path;

/**
 * Predicts with a SavedModel: one that this library exported, Keras 2 saved or Keras 3 exported, or
 * any other whose inputs and outputs are dense tensors of numbers, truth values or strings, of any
 * shape. See {@link InputSpec} and {@link Scores} for the types.
 *
 * <p>Safe for many threads at once, {@link #close} included; see {@link Ranker}.
 */
@PublicApi
public final class SavedModelPredictor extends SignatureRanker {
  private final LoadedModel model;
  private final String signatureName;

  private SavedModelPredictor(LoadedModel model, String signatureName, SignatureRunner runner) {
    super(runner);
    this.model = model;
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
    LoadedModel model = LoadedModel.load(path, threads, trust);
    try {
      return new SavedModelPredictor(model, signature, model.runner(signature));
    } catch (RuntimeException e) {
      model.close();
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

  /** Name of the signature. */
  public String signature() {
    return signatureName;
  }

  @Override
  void free() {
    model.close();
  }
}
