package io.scenerank.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.Vocabulary;
import io.scenerank.files.AtomicFolder;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.LoadedModel;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.TensorFlowErrors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/**
 * Writes a trained model as a SavedModel: {@code <base>/<version>/}, as TF Serving wants it.
 *
 * <p>Signatures: {@code serving_default} has one input a feature (int32 [B, 1] or [B, max_len],
 * float32 [B, dimension], string [B, max_len]) and one output a task (float32 [B, 1], the
 * probability); {@code packed} has all ids as {@code ids} [B, F] and all dense values as {@code
 * dense} [B, G], where no feature is a text; {@code raw}, where the exporter is given an encoding,
 * takes raw values: string, int64, float64 or float32 of one value a row, or of any number for a
 * sequence that is a list. Where the exporter is given vocabularies alone, {@code raw} takes
 * exactly what they hold in place of ids, string or int64 of the shapes of {@code serving_default}.
 * What no vocabulary holds has the id 0. An id outside its vocabulary and a dense value that is not
 * finite fail with the feature, the row and the value. The checkpoint inside names every table and
 * kernel as Keras does; {@code assets.extra/scenerank.json} holds columns and parameters, {@code
 * assets.extra/tf_serving_warmup_requests} a request that TF Serving sends before any client does,
 * with its scores.
 */
@PublicApi
public final class SavedModelExporter {
  /** Where an export says of which columns and parameters its model is. */
  public static final String DESCRIPTION = LoadedModel.DESCRIPTION;

  private final ImmutableSet<String> vocabularies;
  private final RawInputs.Maker raw;
  private final Optional<RawEncoding> encoding;
  private final EncodingFingerprint fingerprint;

  /** Exports without the signature {@code raw}. */
  public SavedModelExporter() {
    this(ImmutableList.of());
  }

  /**
   * Exports with the signature {@code raw}, in which the graph looks values up and does no more.
   *
   * @param vocabularies of the tables whose raw values it takes; those of other tables than a
   *     model's are left out
   * @throws InvalidInputException if two are of one table
   */
  public SavedModelExporter(Iterable<Vocabulary> vocabularies) {
    this(byTable(vocabularies));
  }

  private SavedModelExporter(ImmutableMap<String, Vocabulary> vocabularies) {
    this(
        vocabularies.keySet(),
        (ops, layout) -> new VocabularyInputs(ops, layout, vocabularies),
        Optional.empty(),
        EncodingFingerprint.NONE);
  }

  /**
   * Exports with the signature {@code raw}, in which the graph encodes raw values as the rows that
   * a model was trained on were.
   */
  public SavedModelExporter(RawEncoding encoding) {
    this(
        ImmutableSet.of(),
        (ops, layout) -> new EncodedInputs(ops, layout, encoding),
        Optional.of(encoding),
        EncodingFingerprint.NONE);
  }

  private SavedModelExporter(
      ImmutableSet<String> vocabularies,
      RawInputs.Maker raw,
      Optional<RawEncoding> encoding,
      EncodingFingerprint fingerprint) {
    this.vocabularies = vocabularies;
    this.raw = raw;
    this.encoding = encoding;
    this.fingerprint = fingerprint;
  }

  private static ImmutableMap<String, Vocabulary> byTable(Iterable<Vocabulary> vocabularies) {
    Map<String, Vocabulary> byTable = new LinkedHashMap<>();
    for (Vocabulary vocabulary : vocabularies) {
      if (byTable.put(vocabulary.table(), vocabulary) != null) {
        throw new InvalidInputException("vocabulary '" + vocabulary.table() + "' occurs twice");
      }
    }
    return ImmutableMap.copyOf(byTable);
  }

  /**
   * The same exporter of models that were trained on certain data.
   *
   * @param data how the data was encoded, as the export says then
   */
  public SavedModelExporter withFingerprint(EncodingFingerprint data) {
    return new SavedModelExporter(vocabularies, raw, encoding, data);
  }

  /**
   * Exports a model; the folder appears whole or not at all.
   *
   * @param base folder of the versions
   * @param version name of the folder, a number above 0
   * @param force whether an existing version is replaced
   * @return the folder written
   * @throws InvalidInputException if the version exists and {@code force} is false; if no column
   *     has one of the vocabularies, or an id of theirs is not a row of the table
   * @throws IOException if writing fails, for instance on a full disk
   */
  public Path export(
      ModelDefinition<?> definition, TrainingGraph trained, Path base, int version, boolean force)
      throws IOException {
    Path target = base.resolve(Integer.toString(version));
    AtomicFolder.write(target, force, temp -> write(definition, trained, temp));
    return target;
  }

  private void write(ModelDefinition<?> definition, TrainingGraph trained, Path folder)
      throws IOException {
    Path variables = Files.createDirectory(folder.resolve("variables"));
    Files.createDirectory(folder.resolve("assets.extra"));
    try (ServingGraph serving = new ServingGraph(definition, raw)) {
      if (serving.raw().placeholders().isEmpty() && !vocabularies.isEmpty()) {
        throw noneIsRead(definition);
      }
      LookupTables tables = serving.raw().tables();
      writeAssets(tables.assets(), folder);
      if (encoding.isPresent()) {
        encoding.get().write(folder.resolve(LoadedModel.RAW_ENCODING), tables.fileNames());
      }
      TensorFlowErrors.writing(
          "the variables", () -> trained.saveModel(variables.resolve("variables")));
      SavedModel model =
          SavedModel.newBuilder()
              .setSavedModelSchemaVersion(1)
              .addMetaGraphs(new ServingMetaGraph(serving).toProto())
              .build();
      try (OutputStream out = Files.newOutputStream(folder.resolve("saved_model.pb"))) {
        model.writeTo(out);
      }
    }
    // A text that every model knows does not exist, and a request that fails stops TF Serving.
    if (definition.layout().texts().isEmpty()) {
      WarmupRequests.write(definition, trained, folder.resolve(LoadedModel.WARMUP));
    }
    ExportDescription.write(folder, definition, fingerprint);
  }

  private InvalidInputException noneIsRead(ModelDefinition<?> definition) {
    return new InvalidInputException(
        String.format(
            "no feature column of the model '%s' has one of the vocabularies: %s",
            definition.type().name(), String.join(", ", vocabularies)));
  }

  private static void writeAssets(ImmutableList<VocabularyAsset> assets, Path folder)
      throws IOException {
    if (!assets.isEmpty()) {
      Path target = Files.createDirectory(folder.resolve("assets"));
      for (VocabularyAsset asset : assets) {
        asset.write(target);
      }
    }
  }

  /** What an export says of itself, besides what any SavedModel says. */
  public static final class ExportDescription {
    private static final String FINGERPRINT = "fingerprint";

    private ExportDescription() {}

    static void write(Path folder, ModelDefinition<?> definition, EncodingFingerprint fingerprint)
        throws IOException {
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("model", definition.type().name());
      description.put("model_params", definition.params());
      description.put("feature_columns", definition.columns());
      if (!fingerprint.isEmpty()) {
        description.put(FINGERPRINT, fingerprint.only(definition.columns()));
      }
      Files.writeString(folder.resolve(DESCRIPTION), new ConfigMapper().toJson(description) + "\n");
    }

    /**
     * Reads of which columns and parameters an exported model is: {@code model}, {@code
     * model_params} and {@code feature_columns}.
     *
     * @param savedModel the folder of a SavedModel
     * @return empty for a SavedModel of another program
     * @throws io.scenerank.config.InvalidInputException if the description is damaged
     */
    public static Optional<JsonNode> model(Path savedModel) {
      Path file = savedModel.resolve(DESCRIPTION);
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      JsonNode description = new ConfigMapper().readTree(file);
      if (description instanceof ObjectNode object) {
        object.remove(FINGERPRINT);
      }
      return Optional.of(description);
    }

    /**
     * Reads how the data was encoded that an exported model was trained on.
     *
     * @param savedModel the folder of a SavedModel
     * @return empty for a SavedModel of another program
     * @throws io.scenerank.config.InvalidInputException if the description is damaged
     */
    public static EncodingFingerprint fingerprint(Path savedModel) {
      Path file = savedModel.resolve(DESCRIPTION);
      if (!Files.isRegularFile(file)) {
        return EncodingFingerprint.NONE;
      }
      ConfigMapper mapper = new ConfigMapper();
      JsonNode fingerprint = mapper.readTree(file).path(FINGERPRINT);
      return fingerprint.isMissingNode()
          ? EncodingFingerprint.NONE
          : mapper.convert(fingerprint, EncodingFingerprint.class, file + ": " + FINGERPRINT);
    }
  }

  /** The graph that exports hold, in a session with a model's weights, for other formats. */
  public static final class RestoredGraph implements AutoCloseable {
    private final ServingGraph serving;
    private final Session session;

    private RestoredGraph(ServingGraph serving, Session session) {
      this.serving = serving;
      this.session = session;
    }

    /**
     * Builds the graph and gives it weights.
     *
     * @param weights every variable by its path
     * @throws IllegalArgumentException if a variable is missing or of another shape
     */
    public static RestoredGraph of(
        ModelDefinition<?> definition, Map<String, FloatTensor> weights) {
      return open(definition, (serving, session) -> serving.assign(session, weights));
    }

    /**
     * Builds the graph and gives it the weights of a TensorFlow checkpoint.
     *
     * @param prefix of the checkpoint, with every variable under its path
     */
    public static RestoredGraph ofCheckpoint(ModelDefinition<?> definition, Path prefix) {
      return open(definition, (serving, session) -> serving.restore(session, prefix));
    }

    private static RestoredGraph open(
        ModelDefinition<?> definition, BiConsumer<ServingGraph, Session> start) {
      ServingGraph serving = new ServingGraph(definition, ImmutableList.of());
      Session session = new Session(serving.graph());
      RestoredGraph restored = new RestoredGraph(serving, session);
      try {
        start.accept(serving, session);
        return restored;
      } catch (RuntimeException e) {
        restored.close();
        throw e;
      }
    }

    public Graph graph() {
      return serving.graph();
    }

    public Session session() {
      return session;
    }

    /** The signatures by name. */
    public ImmutableMap<String, SignatureDef> signatures() {
      return serving.signatures();
    }

    @Override
    public void close() {
      session.close();
      serving.close();
    }
  }
}
