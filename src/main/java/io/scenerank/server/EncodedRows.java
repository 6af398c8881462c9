package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import com.google.common.collect.ImmutableMap;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker.InputSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Rows of encoded features: ids and numbers by the names of the model's inputs. */
final class EncodedRows implements RankRows {
  private final ImmutableMap<String, InputSpec> inputs;
  private final Map<String, JsonColumn> user = new LinkedHashMap<>();
  private final Map<String, JsonColumn> candidates = new LinkedHashMap<>();
  private Map<String, JsonColumn> side = user;
  private int row;
  private int candidateCount;

  EncodedRows(ImmutableMap<String, InputSpec> inputs) {
    this.inputs = inputs;
  }

  @Override
  public void beginUser() {
    side = user;
    row = 0;
  }

  @Override
  public void beginCandidate() {
    side = candidates;
    row = candidateCount;
  }

  @Override
  public boolean reads(String key) {
    return inputs.containsKey(key);
  }

  @Override
  public void add(String key, JsonParser parser) throws IOException {
    JsonColumn column = side.get(key);
    if (column == null) {
      InputSpec spec = inputs.get(key);
      if (spec == null) {
        throw RequestException.unknownInput(key, inputs.keySet());
      }
      column = new JsonColumn(spec);
      side.put(key, column);
    }
    if (column.rows() != row) {
      throw RequestException.invalid(
          String.format(
              Locale.ROOT,
              column.rows() > row
                  ? "%s: input '%s' is given twice"
                  : "%s: has input '%s', which those before have not",
              place(),
              key));
    }
    column.addRow(parser);
  }

  private String place() {
    return side == user ? "user" : "candidate " + row;
  }

  @Override
  public void endRow() {
    side.forEach(
        (name, column) -> {
          if (column.rows() != row + 1) {
            throw RequestException.invalid(place() + ": input '" + name + "' is missing");
          }
        });
    if (side == candidates) {
      candidateCount++;
    }
  }

  @Override
  public Sides sides() {
    return new Sides(features(user), features(candidates));
  }

  private static Features features(Map<String, JsonColumn> columns) {
    Features.Builder features = Features.builder();
    columns.values().forEach(column -> column.addTo(features));
    return features.build();
  }
}
