package io.scenerank.serve;

import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.TensorFlowErrors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.tensorflow.SavedModelBundle;

/** Opens SavedModels. */
final class BundleLoader {
  private static final ImmutableSet<String> VARIABLES =
      ImmutableSet.of("VarHandleOp", "VariableV2", "Variable");

  private BundleLoader() {}

  /**
   * Loads a SavedModel, which the caller closes.
   *
   * @param path the folder with {@code saved_model.pb}
   * @param threads TensorFlow's threads; 0 for one a core
   * @throws InvalidInputException if the model is damaged, or refused
   */
  static SavedModelBundle load(Path path, int threads, Trust trust) {
    if (trust == Trust.CHECKED) {
      RefusedOps.requireNone(path);
    }
    SavedModelBundle bundle = bundle(path, threads);
    try {
      requireVariables(path, bundle);
      return bundle;
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
    try {
      return SavedModelBundle.loader(path.toString())
          .withTags(SavedModelBundle.DEFAULT_TAG)
          .withConfigProto(SessionConfig.of(threads))
          .load();
    } catch (RuntimeException e) {
      // Every exception of the loader means that it cannot read the folder.
      throw new InvalidInputException(
          path + ": the SavedModel cannot be loaded (" + TensorFlowErrors.firstLine(e) + ")", e);
    } catch (LinkageError | OutOfMemoryError e) {
      Optional<String> line = TensorFlowErrors.ofLibrary(e);
      if (line.isEmpty()) {
        throw e;
      }
      throw new InvalidInputException(path + ": " + line.get(), e);
    }
  }
}
