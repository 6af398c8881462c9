package io.scenerank.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import java.io.IOException;
import java.util.Locale;

/**
 * Writes TF Serving's answer of a prediction in JSON: {@code predictions} for rows and {@code
 * outputs} for columns; without its name where the signature has one output.
 */
final class PredictWriter {
  private final ImmutableList<OutputColumn> columns;

  PredictWriter(ImmutableMap<String, OutputSpec> outputs, Scores scores) {
    this.columns =
        outputs.values().stream()
            .filter(OutputSpec::isRead)
            .map(spec -> OutputColumn.of(scores, spec))
            .collect(ImmutableList.toImmutableList());
  }

  /**
   * @throws RequestException if the outputs have no common number of rows
   */
  byte[] rows() {
    long rows = commonRows();
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("predictions");
          for (int row = 0; row < rows; row++) {
            writeRow(json, row);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private long commonRows() {
    long rows = columns.isEmpty() ? 0 : columns.get(0).rows();
    for (OutputColumn column : columns) {
      if (column.rows() < 0 || column.rows() != rows) {
        throw RequestException.invalid(
            column.rows() < 0
                ? "output '" + column.spec().name() + "' has no rows; ask with 'inputs'"
                : String.format(
                    Locale.ROOT,
                    "output '%s' has %d rows, those before it %d; ask with 'inputs'",
                    column.spec().name(),
                    column.rows(),
                    rows));
      }
    }
    return rows;
  }

  private void writeRow(JsonGenerator json, int row) throws IOException {
    if (columns.size() == 1) {
      columns.get(0).writeRow(json, row);
      return;
    }
    json.writeStartObject();
    for (OutputColumn column : columns) {
      json.writeFieldName(column.spec().name());
      column.writeRow(json, row);
    }
    json.writeEndObject();
  }

  byte[] columns() {
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeFieldName("outputs");
          if (columns.size() == 1) {
            columns.get(0).write(json);
          } else {
            json.writeStartObject();
            for (OutputColumn column : columns) {
              json.writeFieldName(column.spec().name());
              column.write(json);
            }
            json.writeEndObject();
          }
          json.writeEndObject();
        });
  }
}
