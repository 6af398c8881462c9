package io.scenerank.train.log;

import io.scenerank.train.Device;
import io.scenerank.variable.OpNames;
import io.scenerank.variable.TensorFlowErrors;
import java.io.IOException;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * A TensorBoard event file, {@code events.out.tfevents.…}, written by TensorFlow's own summary ops
 * in a graph of their own, so that the graph that is trained has none of them. On the CPU.
 */
final class EventFile implements AutoCloseable {
  private static final String WHAT = "the TensorBoard event file";

  /** Summaries that wait at most before they are written. */
  private static final int MAX_QUEUE = 100;

  private static final int FLUSH_MILLIS = 10_000;

  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TInt64> step;
  private final Placeholder<TString> tag;
  private final Placeholder<TFloat32> value;
  private final Placeholder<TFloat32> values;
  private final Placeholder<TString> event;
  private final Op scalar;
  private final Op histogram;
  private final Op importEvent;
  private final Op flush;
  private final Op close;

  private EventFile(Path folder) {
    Device cpu = Device.parse("cpu");
    Ops tf = cpu.place(Ops.create(graph));
    Operand<? extends TType> writer = tf.summary.summaryWriter();
    Op create =
        tf.summary.createSummaryFileWriter(
            writer,
            tf.constant(folder.toString()),
            tf.constant(MAX_QUEUE),
            tf.constant(FLUSH_MILLIS),
            tf.constant(""));
    this.step = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    this.tag = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    this.value = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    this.values = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
    this.event = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    this.scalar = tf.summary.writeScalarSummary(writer, step, tag, value);
    this.histogram = tf.summary.writeHistogramSummary(writer, step, tag, values);
    this.importEvent = tf.summary.importEvent(writer, event);
    this.flush = tf.summary.flushSummaryWriter(writer);
    this.close = tf.summary.closeSummaryWriter(writer);
    this.session = new Session(graph, cpu.sessionConfig(1));
    session.runner().addTarget(create).run().close();
  }

  /**
   * Begins a file in addition to those of the folder.
   *
   * @throws IOException if it cannot be written
   */
  static EventFile create(Path folder) throws IOException {
    OpNames.requireAsciiDigits();
    EventFile[] file = new EventFile[1];
    TensorFlowErrors.writing(WHAT, () -> file[0] = new EventFile(folder));
    return file[0];
  }

  /** Says that a training begins or resumes: readers forget what earlier files say from here on. */
  void begin(long stepNumber) throws IOException {
    byte[] bytes =
        Event.newBuilder()
            .setWallTime(System.currentTimeMillis() / 1000.0)
            .setStep(stepNumber)
            .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START))
            .build()
            .toByteArray();
    try (TString tensor = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes))) {
      run(session.runner().feed(event, tensor).addTarget(importEvent));
    }
  }

  void scalar(long stepNumber, String name, double number) throws IOException {
    try (TInt64 stepTensor = TInt64.scalarOf(stepNumber);
        TString tagTensor = TString.scalarOf(name);
        TFloat32 valueTensor = TFloat32.scalarOf((float) number)) {
      run(
          session
              .runner()
              .feed(step, stepTensor)
              .feed(tag, tagTensor)
              .feed(value, valueTensor)
              .addTarget(scalar));
    }
  }

  void histogram(long stepNumber, String name, float[] numbers) throws IOException {
    try (TInt64 stepTensor = TInt64.scalarOf(stepNumber);
        TString tagTensor = TString.scalarOf(name);
        TFloat32 valuesTensor =
            TFloat32.tensorOf(Shape.of(numbers.length), DataBuffers.of(numbers, true, false))) {
      run(
          session
              .runner()
              .feed(step, stepTensor)
              .feed(tag, tagTensor)
              .feed(values, valuesTensor)
              .addTarget(histogram));
    }
  }

  /** Writes what waits, so that it survives the end of the process. */
  void flush() throws IOException {
    run(session.runner().addTarget(flush));
  }

  private static void run(Session.Runner runner) throws IOException {
    TensorFlowErrors.writing(WHAT, () -> runner.run().close());
  }

  @Override
  public void close() throws IOException {
    try (graph;
        session) {
      run(session.runner().addTarget(close));
    }
  }
}
