package io.scenerank.layer.rnn;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import java.util.Map;

/**
 * Keras' {@code SimpleRNN}, {@code GRU} and {@code LSTM}: a layer around one cell, whose arguments
 * are its own. Shapes as in {@link RecurrentLayer}, variables those of the cell. Source: Keras'
 * layers of these names.
 */
final class CellLayer extends RecurrentLayer {
  static final LayerType SIMPLE_RNN = type("SimpleRNN", "simple_rnn_cell", SimpleRnnCell.TYPE);
  static final LayerType GRU = type("GRU", "gru_cell", GruCell.TYPE);
  static final LayerType LSTM = type("LSTM", "lstm_cell", LstmCell.TYPE);

  private final Cell cell;

  private CellLayer(LayerConfig config, LayerType cellType, String cellName) {
    super(config);
    Layer made = config.inner(cellType, cellName, config.json(cellType.argumentNames()));
    this.cell = StackedRnnCells.cell(config, "units", made);
  }

  private static LayerType type(String name, String cellName, LayerType cellType) {
    LayerType type = LayerType.of(name, config -> new CellLayer(config, cellType, cellName));
    for (Map.Entry<String, JsonNode> argument : cellType.arguments().entrySet()) {
      type = type.argument(argument.getKey(), argument.getValue());
    }
    return arguments(type);
  }

  @Override
  Cell cell() {
    return cell;
  }
}
