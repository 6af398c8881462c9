package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.prepare.SavedEncoding.RawReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The result of a prediction: the file that was written. */
@PublicApi
public final class Prediction {
  private final Path savedModel;
  private final int rows;
  private final ImmutableList<String> outputs;
  private final Path file;
  private final Optional<RawReport> raw;

  /**
   * @param raw what the encoding of raw rows found; empty of rows that were encoded before
   */
  Prediction(
      Path savedModel,
      int rows,
      ImmutableList<String> outputs,
      Path file,
      Optional<RawReport> raw) {
    this.savedModel = savedModel;
    this.rows = rows;
    this.outputs = outputs;
    this.file = file;
    this.raw = raw;
  }

  /** The SavedModel that scored. */
  public Path savedModel() {
    return savedModel;
  }

  /** Number of rows scored. */
  public int rows() {
    return rows;
  }

  /** The outputs that were written, one column each. */
  public ImmutableList<String> outputs() {
    return outputs;
  }

  /** The file that was written. */
  public Path file() {
    return file;
  }

  /** Of raw rows, by column the number of values that do not occur in the training rows. */
  public ImmutableMap<String, Long> unseen() {
    return raw.map(RawReport::unseen).orElse(ImmutableMap.of());
  }

  public String toText() {
    String line = System.lineSeparator();
    return String.format(Locale.ROOT, "%,d rows scored: %s%n", rows, file)
        + raw.flatMap(RawReport::unseenText)
            .map(text -> "Values that no training row had (id 0): " + text + line)
            .orElse("");
  }

  public String toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", savedModel.toString());
    json.put("rows", rows);
    json.put("outputs", outputs);
    json.put("output", file.toString());
    raw.ifPresent(report -> json.put("unseen", report.unseen()));
    raw.ifPresent(report -> json.put("notes", report.notes()));
    return new ConfigMapper().toJson(json) + System.lineSeparator();
  }
}
