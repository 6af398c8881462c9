package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import io.scenerank.serve.Trust.RefusedOp;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.proto.SavedModel;

/**
 * The ops of a SavedModel for which {@link Trust#CHECKED} refuses it, found without running
 * anything: in every graph that it holds and in every function of their libraries. SECURITY.md
 * lists them.
 */
final class RefusedOps {
  /** Where TensorFlow splits a graph beyond 2 GB; its parts are not read here. */
  private static final String CHUNKED = "saved_model.cpb";

  private RefusedOps() {}

  /**
   * The refused ops of a SavedModel.
   *
   * @param path the folder with {@code saved_model.pb}
   * @throws InvalidInputException if there is none, or it is damaged
   */
  static ImmutableList<RefusedOp> of(Path path) {
    return of(SavedModelFolder.read(path));
  }

  private static ImmutableList<RefusedOp> of(SavedModel model) {
    return model.getMetaGraphsList().stream()
        .flatMap(graph -> new GraphCheck(graph).refused().stream())
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * @throws InvalidInputException if the model has such an op, or a file outside its folder
   */
  static void requireNone(Path path) {
    requireLinksInside(path);
    if (Files.exists(path.resolve(CHUNKED))) {
      throw new InvalidInputException(
          path
              + ": "
              + CHUNKED
              + " cannot be checked; load it with Trust.FULL (--trust) if you trust its author");
    }
    SavedModel model = SavedModelFolder.read(path);
    ImmutableList<RefusedOp> refused = of(model);
    if (!refused.isEmpty()) {
      throw new InvalidInputException(message(path, refused));
    }
    model.getMetaGraphsList().forEach(graph -> ModelAssets.of(graph).requireInside(path));
  }

  private static void requireLinksInside(Path path) {
    try {
      InnerPath.requireLinksInside(path);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          e.getMessage() + "; load it with Trust.FULL (--trust) if you trust its author", e);
    }
  }

  private static String message(Path path, ImmutableList<RefusedOp> refused) {
    return String.format(
        "%s: the model does more than compute: %s%s; `scenerank inspect` lists such ops, and"
            + " Trust.FULL (--trust) loads the model if you trust its author",
        path, refused.get(0), refused.size() == 1 ? "" : " and " + (refused.size() - 1) + " more");
  }
}
