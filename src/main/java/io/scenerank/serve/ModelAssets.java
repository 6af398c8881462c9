package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.scenerank.config.InvalidInputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.MetaGraphDef;

/**
 * The files that a graph reads while it is initialised.
 *
 * @param files which tensor is fed the path of which file below {@code assets}
 */
record ModelAssets(ImmutableList<AssetFileDef> files) {
  private static final String COLLECTION = "saved_model_assets";
  private static final String FOLDER = "assets";

  /** The assets of a graph, as TensorFlow's loader finds them. */
  static ModelAssets of(MetaGraphDef model) {
    if (model.getAssetFileDefCount() > 0) {
      return new ModelAssets(ImmutableList.copyOf(model.getAssetFileDefList()));
    }
    List<AssetFileDef> files = new ArrayList<>();
    if (model.containsCollectionDef(COLLECTION)) {
      for (Any any : model.getCollectionDefOrThrow(COLLECTION).getAnyList().getValueList()) {
        files.add(file(any));
      }
    }
    return new ModelAssets(ImmutableList.copyOf(files));
  }

  private static AssetFileDef file(Any any) {
    try {
      return AssetFileDef.parseFrom(any.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException("the list of assets is damaged", e);
    }
  }

  /** Names of the tensors that are fed a path. */
  ImmutableSet<String> tensors() {
    return files.stream()
        .map(file -> file.getTensorInfo().getName())
        .collect(ImmutableSet.toImmutableSet());
  }

  /**
   * @param model the SavedModel's folder, in which no link leads out
   * @throws InvalidInputException naming the first file that lies outside the folder
   */
  void requireInside(Path model) {
    for (AssetFileDef file : files) {
      if (!isInside(model, file.getFilename())) {
        throw new InvalidInputException(
            String.format(
                "%s: the asset '%s' is outside the model's folder, expected a file below %s; load"
                    + " it with Trust.FULL (--trust) if you trust its author",
                model, file.getFilename(), FOLDER));
      }
    }
  }

  private static boolean isInside(Path model, String name) {
    try {
      Path folder = model.resolve(FOLDER).toAbsolutePath().normalize();
      return folder.resolve(name).normalize().startsWith(folder);
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
