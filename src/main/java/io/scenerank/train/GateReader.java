package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Observations.Gate;
import io.scenerank.model.PackedInputs;
import io.scenerank.variable.FloatTensor;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Reads what the gates of a model do with some rows. */
final class GateReader {
  private static final int BATCH_SIZE = 1024;

  private final ModelDefinition<?> definition;
  private final PackedInputs inputs;
  private final ImmutableList<Gate> gates;
  private final Session session;

  /**
   * @param inputs what is fed for {@code gates}
   * @param session where they run; it stays the caller's to close
   */
  GateReader(
      ModelDefinition<?> definition,
      PackedInputs inputs,
      ImmutableList<Gate> gates,
      Session session) {
    this.definition = definition;
    this.inputs = inputs;
    this.gates = gates;
    this.session = session;
  }

  /**
   * Reads every gate.
   *
   * @param rows n of them, with the columns and tasks of the model
   * @return one a gate, with values [n, k]; none for a model without gates
   * @throws io.scenerank.config.InvalidInputException naming the column or task that the rows lack
   */
  public ImmutableList<TrainingGraph.GateValues> read(PackedRows rows) {
    if (gates.isEmpty() || rows.size() == 0) {
      return ImmutableList.of();
    }
    ImmutableList<TrainingGraph.GateValues> values =
        gates.stream()
            .map(
                gate ->
                    new TrainingGraph.GateValues(
                        gate.name(),
                        gate.about(),
                        gate.kind(),
                        gate.parts(),
                        zeros(rows.size(), gate.parts().size())))
            .collect(ImmutableList.toImmutableList());
    int done = 0;
    try (Batcher batches =
        Batcher.of(rows)
            .reading(definition.layout(), definition.params().taskNames())
            .batchSize(BATCH_SIZE)
            .start()) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          read(batch, values, done);
          done += batch.size();
        }
      }
    }
    return values;
  }

  private static FloatTensor zeros(int rows, int parts) {
    return new FloatTensor(Shape.of(rows, parts), new float[rows * parts]);
  }

  private void read(Batch batch, ImmutableList<TrainingGraph.GateValues> values, int row) {
    Session.Runner runner =
        inputs.feed(session.runner(), batch.ids(), batch.dense(), batch.texts());
    gates.forEach(gate -> runner.fetch(gate.values()));
    try (Result result = runner.run()) {
      for (int i = 0; i < gates.size(); i++) {
        float[] read = FloatTensor.of((TFloat32) result.get(i)).values(); // [b, k]
        int from = row * values.get(i).parts().size();
        System.arraycopy(read, 0, values.get(i).values().values(), from, read.length);
      }
    }
  }
}
