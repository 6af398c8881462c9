package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.serve.Signatures;
import java.nio.file.Path;
import java.util.List;

/** A request to score the rows of a file into a file; immutable. */
@PublicApi
public final class PredictRequest extends ScoringRequest<PredictRequest> {
  private final Path model;
  private final Path input;
  private final Path output;
  private final Choice choice;

  /**
   * What is read and written.
   *
   * @param raw whether the input holds raw rows, also if it is Parquet
   * @param signature the SavedModel's signature
   * @param outputs the outputs to write; empty for all that have values for each row
   * @param tensors results of layers to write besides
   * @param force whether an existing output file is replaced
   */
  record Choice(
      boolean raw,
      String signature,
      ImmutableList<String> outputs,
      ImmutableList<String> tensors,
      boolean force) {}

  private PredictRequest(Path model, Path input, Path output, Choice choice, Settings settings) {
    super(settings);
    this.model = model;
    this.input = input;
    this.output = output;
    this.choice = choice;
  }

  /**
   * Scores a file with a run folder or a SavedModel.
   *
   * @param input CSV with raw rows, or Parquet with encoded features
   * @param output Parquet or CSV, by its name
   */
  public static PredictRequest of(Path model, Path input, Path output) {
    return new PredictRequest(
        model,
        input,
        output,
        new Choice(
            false, Signatures.SERVING_DEFAULT, ImmutableList.of(), ImmutableList.of(), false),
        Settings.DEFAULT);
  }

  @Override
  PredictRequest with(Settings changed) {
    return new PredictRequest(model, input, output, choice, changed);
  }

  private PredictRequest with(Choice changed) {
    return new PredictRequest(model, input, output, changed, settings());
  }

  /** Whether the input holds raw rows, also if it is Parquet. Default: no. */
  public PredictRequest withRaw(boolean raw) {
    return with(
        new Choice(raw, choice.signature(), choice.outputs(), choice.tensors(), choice.force()));
  }

  /** The signature of the SavedModel. Default: {@code serving_default}. */
  public PredictRequest withSignature(String signature) {
    return with(
        new Choice(choice.raw(), signature, choice.outputs(), choice.tensors(), choice.force()));
  }

  /** The outputs to write. Default: all that have values for each row. */
  public PredictRequest withOutputs(List<String> outputs) {
    return with(
        new Choice(
            choice.raw(),
            choice.signature(),
            ImmutableList.copyOf(outputs),
            choice.tensors(),
            choice.force()));
  }

  /**
   * Results of layers to write besides the outputs, of a run folder: the user's tower, for example.
   *
   * @param tensors names of layers; of a layer with several results, {@code layer[call][result]}
   */
  public PredictRequest withOutputTensors(List<String> tensors) {
    return with(
        new Choice(
            choice.raw(),
            choice.signature(),
            choice.outputs(),
            ImmutableList.copyOf(tensors),
            choice.force()));
  }

  /** Whether an existing output file is replaced. Default: no. */
  public PredictRequest withForce(boolean force) {
    return with(
        new Choice(choice.raw(), choice.signature(), choice.outputs(), choice.tensors(), force));
  }

  Path model() {
    return model;
  }

  Path input() {
    return input;
  }

  Path output() {
    return output;
  }

  Choice choice() {
    return choice;
  }
}
