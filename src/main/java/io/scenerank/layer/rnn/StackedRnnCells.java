package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code StackedRNNCells}: each cell reads the output of the one before.
 *
 * <p>Input [B, D], the states of all cells one after the other. Source: Keras' layer of this name.
 */
final class StackedRnnCells extends Cell {
  static final LayerType TYPE =
      LayerType.of("StackedRNNCells", StackedRnnCells::new).argument("cells");

  private final ImmutableList<Cell> cells;

  private StackedRnnCells(LayerConfig config) {
    super(config);
    ImmutableList.Builder<Cell> all = ImmutableList.builder();
    for (Layer cell : config.layers("cells")) {
      all.add(cell(config, "cells", cell));
    }
    this.cells = all.build();
    if (cells.isEmpty()) {
      throw config.wrong("cells", "at least one cell");
    }
  }

  /**
   * A layer as a cell.
   *
   * @throws io.scenerank.config.InvalidInputException if it is none
   */
  static Cell cell(LayerConfig config, String key, Layer layer) {
    if (!(layer instanceof Cell cell)) {
      throw config.wrong(key, "SimpleRNNCell, GRUCell, LSTMCell or StackedRNNCells");
    }
    return cell;
  }

  @Override
  public boolean wraps() {
    return true;
  }

  @Override
  ImmutableList<Integer> stateSizes() {
    return cells.stream()
        .flatMap(cell -> cell.stateSizes().stream())
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  int outputSize() {
    return cells.get(cells.size() - 1).outputSize();
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    List<BoundLayer> bound = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      bound.add(scope.child("cells", i, cells.get(i)));
    }
    return new Built((context, sequence) -> run(context, sequence, bound));
  }

  /** Cell by cell: what a masked step gives, the next cell does not read either. */
  private Sequence.Result run(CallContext context, Sequence sequence, List<BoundLayer> bound) {
    Ops tf = context.tf();
    ImmutableList.Builder<Operand<TFloating>> states = ImmutableList.builder();
    Sequence next = sequence;
    int first = 0;
    for (int i = 0; ; i++) {
      int count = cells.get(i).stateSizes().size();
      Sequence own =
          new Sequence(next.x(), sequence.states().subList(first, first + count), sequence.mask());
      Sequence.Result result = passOf(bound.get(i), own.x()).run(context, own);
      states.addAll(result.states());
      if (i == cells.size() - 1) {
        return new Sequence.Result(result.outputs(), states.build());
      }
      next = new Sequence(result.outputs().all(tf), sequence.states(), sequence.mask());
      first += count;
    }
  }

  /** The variables of a cell, which the first sequence creates. */
  static Pass passOf(BoundLayer cell, Operand<TFloating> x) {
    Layer.Call call = cell.built(Arguments.of(MaskedTensor.of(x)));
    return ((Built) call).pass();
  }
}
