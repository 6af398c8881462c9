package io.scenerank.run.export;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.onnx.OnnxExporter;
import io.scenerank.export.onnx.OnnxExporter.Signature;
import io.scenerank.keras.KerasExporter;
import io.scenerank.run.EncodingCheck;
import io.scenerank.run.RunFolder;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** As what a run is exported. */
public enum ExportFormat {
  /** {@code <out>/<version>/}, as TF Serving wants it. */
  SAVED_MODEL("saved_model") {
    @Override
    Path writeTo(SavedRun run, Target target) throws IOException {
      SavedModelExporter exporter =
          target.raw().map(raw -> raw.exporter(run)).orElseGet(SavedModelExporter::new);
      if (Files.exists(target.out()) && !Files.isDirectory(target.out())) {
        throw new InvalidInputException(target.out() + ": is a file, expected a folder");
      }
      int version =
          target.version().isPresent()
              ? target.version().get()
              : RunFolder.nextVersion(target.out());
      try (TrainingGraph graph = run.newModelGraph(Device.parse("cpu"), 0)) {
        run.restore(graph);
        return exporter
            .withFingerprint(run.fingerprint())
            .export(run.experiment().definition(), graph, target.out(), version, target.force());
      }
    }
  },

  /** Weights for {@code load_weights} of Keras 3. */
  WEIGHTS_H5("weights.h5") {
    @Override
    Path writeTo(SavedRun run, Target target) throws IOException {
      // Keras tells by the name what a file is.
      Path file = target.file(".weights.h5");
      new KerasExporter(run.experiment(), run.read()).writeWeights(file);
      return file;
    }
  },

  /** Weights for {@code load_weights} of Keras 2 and 3. */
  H5("h5") {
    @Override
    Path writeTo(SavedRun run, Target target) throws IOException {
      Path file = target.file(".h5");
      // Keras reads another form from a file of this name.
      if (file.toString().endsWith(".weights.h5")) {
        throw new InvalidInputException(
            file + ": ends with .weights.h5, expected another name ending with .h5");
      }
      KerasExporter.writeLayered(run.experiment(), run.read(), file);
      return file;
    }
  },

  /** A model for {@code keras.models.load_model} of Keras 3. */
  KERAS("keras") {
    @Override
    Path writeTo(SavedRun run, Target target) throws IOException {
      Path file = target.file(".keras");
      new KerasExporter(run.experiment(), run.read()).writeArchive(file);
      return file;
    }
  },

  /** A graph for ONNX Runtime and what is built on it. */
  ONNX("onnx") {
    @Override
    Path writeTo(SavedRun run, Target target) throws IOException {
      Path file = target.file(".onnx");
      OnnxExporter exporter =
          new OnnxExporter(
                  target
                      .signature()
                      .orElseGet(() -> Signature.standard(run.experiment().definition())))
              .withFingerprint(run.fingerprint());
      List<OnnxExporter.Converted> converted = new ArrayList<>();
      try {
        run.readCheckpoint(
            prefix ->
                converted.add(exporter.convertCheckpoint(run.experiment().definition(), prefix)));
      } catch (InvalidInputException e) {
        throw e.in(run.folder().toString());
      }
      converted.get(0).write(file);
      return file;
    }
  },

  /** The rows of a table with the values of its vocabulary, for an index of nearest neighbours. */
  EMBEDDINGS("embeddings") {
    @Override
    Path writeTo(SavedRun run, Target target) throws IOException {
      Path file = target.file(".parquet");
      EmbeddingTable.find(run, target.table()).write(file);
      return file;
    }
  };

  private final String text;

  ExportFormat(String text) {
    this.text = text;
  }

  /**
   * How a saved_model encodes raw values.
   *
   * @param data the prepared data set whose encoding or vocabularies it takes; empty for the
   *     encoding that the run keeps
   * @param check decides on data that is encoded otherwise than what the run was trained on
   */
  public record Raw(Optional<Path> data, EncodingCheck check) {
    private SavedModelExporter exporter(SavedRun run) {
      RawExport export = new RawExport(run.folder(), run);
      return data.isPresent() ? export.ofData(data.get(), check) : export.ofRun();
    }
  }

  /**
   * Where an export goes.
   *
   * @param version folder below {@code out}, above 0; empty for the next that is free
   * @param raw how a saved_model encodes raw values; empty for one that does not take them
   * @param force whether what is there is replaced
   * @param table whose rows are embeddings; empty for the other formats
   * @param signature of an onnx; empty for the other formats, and for the default
   */
  public record Target(
      Path out,
      Optional<Integer> version,
      Optional<Raw> raw,
      boolean force,
      Optional<String> table,
      Optional<Signature> signature) {
    /**
     * Of a format that takes the whole model.
     *
     * @throws InvalidInputException if the version is not above 0
     */
    public Target(Path out, Optional<Integer> version, Optional<Raw> raw, boolean force) {
      this(out, version, raw, force, Optional.empty(), Optional.empty());
    }

    /**
     * @throws InvalidInputException if the version is not above 0
     */
    public Target {
      if (version.isPresent() && version.get() < 1) {
        throw new InvalidInputException(
            "version (--version) is " + version.get() + ", expected at least 1");
      }
    }

    /**
     * The file to write.
     *
     * @throws InvalidInputException if its name ends otherwise, it exists and is not to be
     *     replaced, or a version or raw values are requested, which a file does not have
     */
    Path file(String ending) {
      if (version.isPresent()) {
        throw new InvalidInputException(
            "version (--version) is " + version.get() + ", but only a saved_model has versions");
      }
      if (raw.isPresent()) {
        throw new InvalidInputException(
            "raw (--raw) is given, but only a saved_model takes raw values");
      }
      if (!out.toString().endsWith(ending)) {
        throw new InvalidInputException(out + ": expected a file name that ends in " + ending);
      }
      if (Files.isDirectory(out)) {
        throw new InvalidInputException(out + ": is a folder, expected a file");
      }
      if (Files.exists(out) && !force) {
        throw new InvalidInputException(out + ": exists already; replace it with force (--force)");
      }
      return out;
    }
  }

  /**
   * Writes the model with the values that its training kept; it appears whole or not at all.
   *
   * @return what was written
   * @throws InvalidInputException if it exists and is not to be replaced, or the run is damaged
   */
  public Path write(SavedRun run, Target target) throws IOException {
    if (this != EMBEDDINGS && target.table().isPresent()) {
      throw new InvalidInputException(
          "table (--table) is '" + target.table().get() + "', but only embeddings are of a table");
    }
    if (this != ONNX && target.signature().isPresent()) {
      throw new InvalidInputException(
          "signature (--signature) is '"
              + target.signature().get()
              + "', but only an onnx has one signature");
    }
    return writeTo(run, target);
  }

  abstract Path writeTo(SavedRun run, Target target) throws IOException;

  /** Names of all formats, as {@code --format} takes them. */
  public static ImmutableList<String> names() {
    return Arrays.stream(values())
        .map(format -> format.text)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * The format of a name.
   *
   * @throws InvalidInputException with the nearest name if there is no such format
   */
  public static ExportFormat parse(String text) {
    return Arrays.stream(values())
        .filter(format -> format.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "format (--format) '"
                        + text
                        + "' is unknown"
                        + SpellingHint.hint(text, names())));
  }

  @Override
  public String toString() {
    return text;
  }
}
