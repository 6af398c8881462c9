package io.scenerank.service;

import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import io.scenerank.serve.LoadedModel;
import io.scenerank.serve.Trust;
import java.nio.file.Path;

/** Brings versions into memory, warmed up and checked. */
final class VersionLoader {
  private final BaseFolder base;
  private final ServiceOptions options;

  VersionLoader(BaseFolder base, ServiceOptions options) {
    this.base = base;
    this.options = options;
  }

  /**
   * @throws InvalidInputException of one line, if the version is to be refused
   */
  ServedVersion load(long number, Path folder) {
    if (options.trust() == Trust.CHECKED && !base.single()) {
      InnerPath.resolve(base.base(), folder.getFileName().toString());
    }
    try {
      LoadedModel model = LoadedModel.load(folder, options.threads(), options.trust());
      try {
        new WarmupReplay(model, options).run();
        return new ServedVersion(number, model);
      } catch (RuntimeException | Error e) {
        model.close();
        throw e;
      }
    } catch (InvalidInputException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
      // For any other reason too, the version that takes the calls keeps them.
      throw new InvalidInputException(folder + ": cannot be loaded (" + firstLine(e) + ")", e);
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
