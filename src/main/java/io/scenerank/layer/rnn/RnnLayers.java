package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class RnnLayers {
  private RnnLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        SimpleRnnCell.TYPE,
        GruCell.TYPE,
        LstmCell.TYPE,
        StackedRnnCells.TYPE,
        CellLayer.SIMPLE_RNN,
        CellLayer.GRU,
        CellLayer.LSTM,
        Rnn.TYPE,
        Bidirectional.TYPE,
        TimeDistributed.TYPE);
  }
}
