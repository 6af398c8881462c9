package io.scenerank.layer.rnn;

import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;

/**
 * Keras' {@code RNN}: any cell in {@code cell}. Shapes as in {@link RecurrentLayer}. Source: Keras'
 * layer of this name.
 */
final class Rnn extends RecurrentLayer {
  static final LayerType TYPE =
      arguments(LayerType.of("RNN", Rnn::new).argument("cell")).only("num_constants", null);

  private final Cell cell;

  private Rnn(LayerConfig config) {
    super(config);
    this.cell = StackedRnnCells.cell(config, "cell", config.layer("cell"));
  }

  @Override
  public boolean wraps() {
    return true;
  }

  @Override
  Cell cell() {
    return cell;
  }
}
