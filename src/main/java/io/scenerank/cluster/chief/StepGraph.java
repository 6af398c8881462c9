package io.scenerank.cluster.chief;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Streams;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.cluster.worker.InputQueue;
import io.scenerank.train.ReplicatedStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The step of one worker, or of several together, as the chief runs it: each worker takes its rows
 * out of its own input queue. For one thread, which waits for no call without an end.
 */
final class StepGraph implements AutoCloseable {
  private static final long LOOK = 10; // milliseconds between two looks for rows

  /** How long TensorFlow has to end a step that has failed by its own time limit, ms. */
  private static final int GRACE = 10_000;

  private final ImmutableList<Member> members;
  private final Graph graph;
  private final Session session;
  private final RunOptions options;
  private final BoundedCalls calls;
  private final Names names;
  private final ImmutableList<TouchedRows> touched;

  /**
   * A worker that takes part.
   *
   * @param generation of its input queue
   * @param format of its rows
   */
  record Member(TaskId worker, long generation, InputQueue.Format format) {}

  /**
   * What a step came to.
   *
   * @param loss before the update, with regularisers
   * @param gradientNorm Euclidean norm of all gradients together
   * @param bytes what a worker's part of it sent, on average
   */
  record StepMetrics(float loss, float gradientNorm, double bytes) {}

  /** Names of what is fed and fetched in the graph that runs. */
  private record Names(
      String pace,
      ImmutableList<String> fields,
      ImmutableList<String> puts,
      ImmutableList<String> sizes,
      ImmutableList<String> updates,
      String loss,
      String gradientNorm,
      ImmutableList<String> trained) {}

  /**
   * @param milliseconds after which a step that has not ended has failed
   */
  StepGraph(TrainingJob job, ClusterRuntime site, ImmutableList<Member> members, int milliseconds) {
    this.members = members;
    this.options = RunOptions.newBuilder().setTimeoutInMs(milliseconds).build();
    ImmutableList.Builder<TouchedRows> counting = ImmutableList.builder();
    try (Graph built = new Graph()) {
      this.names = build(built, job, site, counting);
      this.graph = BackwardDevices.of(built, site, members);
    }
    this.touched = counting.build();
    try {
      this.session = site.open(graph, members.stream().map(Member::worker).toList());
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
    this.calls = new BoundedCalls("scenerank-step", milliseconds + GRACE);
  }

  private Names build(
      Graph built,
      TrainingJob job,
      ClusterRuntime site,
      ImmutableList.Builder<TouchedRows> counting) {
    Ops tf = Ops.create(built);
    List<ReplicatedStep.Input> inputs = new ArrayList<>();
    List<Operand<TInt64>> numbers = new ArrayList<>();
    List<Operand<TInt64>> fields = new ArrayList<>();
    List<Op> puts = new ArrayList<>();
    List<Operand<TInt32>> sizes = new ArrayList<>();
    for (Member member : members) {
      Ops onCpu = member.worker().onCpu(tf);
      InputQueue queue = new InputQueue(member.worker(), member.generation(), member.format());
      sizes.add(queue.size(tf));
      InputQueue.Element rows = queue.dequeue(tf);
      inputs.add(
          new ReplicatedStep.Input(
              site.worker(tf, member.worker()),
              rows.inputs(),
              rows.labels(),
              rows.weight(),
              rows.kept()));
      numbers.add(rows.number());
      Placeholder<TInt64> field =
          onCpu.placeholder(TInt64.class, Placeholder.shape(Shape.of(WorkQueue.Item.FIELDS)));
      fields.add(field);
      puts.add(new WorkQueue(member.worker()).enqueue(tf, field));
    }
    ReplicatedStep step =
        ReplicatedStep.build(
            built,
            site.own(tf),
            job.definition(),
            job.config(),
            job.seed(),
            site.placement(),
            inputs);
    List<TouchedRows> counted =
        Streams.zip(
                inputs.stream(),
                step.stores().stream(),
                (input, store) -> new TouchedRows(input.tf(), store))
            .toList();
    counting.addAll(counted);
    List<Operand<TInt64>> trained = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      trained.add(trained(inputs.get(i).tf(), numbers.get(i), counted.get(i)));
    }
    return new Names(
        name(step.pace()),
        names(fields),
        puts.stream().map(put -> put.op().name()).collect(ImmutableList.toImmutableList()),
        names(sizes),
        step.updates().stream()
            .map(update -> update.op().name())
            .collect(ImmutableList.toImmutableList()),
        name(step.loss()),
        name(step.gradientNorm()),
        names(trained));
  }

  /** What a worker says of its rows, in one message: the batch's number, then the counts, [1+k]. */
  private static Operand<TInt64> trained(Ops tf, Operand<TInt64> number, TouchedRows rows) {
    Operand<TInt64> first = tf.reshape(number, tf.constant(new int[] {1}));
    return tf.concat(List.of(first, tf.dtypes.cast(rows.counts(), TInt64.class)), tf.constant(0));
  }

  private static ImmutableList<String> names(List<? extends Operand<?>> operands) {
    return operands.stream().map(StepGraph::name).collect(ImmutableList.toImmutableList());
  }

  private static String name(Operand<?> operand) {
    return operand.asOutput().op().name() + ":" + operand.asOutput().index();
  }

  /** The workers that take part. */
  ImmutableList<Member> members() {
    return members;
  }

  /** Tells each worker something. */
  void tell(List<WorkQueue.Item> items) {
    calls.call(
        () -> {
          Session.Runner runner = session.runner().setOptions(options);
          try (Items fed = new Items(items)) {
            fed.feed(runner);
            runner.run().close();
          }
          return items;
        });
  }

  /**
   * Waits until every worker has rows ready, so that a step need not wait for them; as long as a
   * step may take, at most.
   *
   * @param over whether there is nothing left to wait for
   */
  void awaitRows(BooleanSupplier over) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.getTimeoutInMs());
    while (!over.getAsBoolean() && !haveRows() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(LOOK);
    }
  }

  private boolean haveRows() {
    return calls.call(
        () -> {
          Session.Runner runner = session.runner().setOptions(options);
          names.sizes().forEach(runner::fetch);
          try (Result result = runner.run()) {
            return IntStream.range(0, members.size())
                .allMatch(i -> ((TInt32) result.get(i)).getInt() > 0);
          }
        });
  }

  /**
   * Runs the step on the rows that come next.
   *
   * @param job what these are
   * @param next what each worker is told besides
   */
  StepMetrics run(BatchJob job, List<WorkQueue.Item> next) {
    return calls.call(
        () -> run(job, next, runner -> metrics(job, runner.setOptions(options).run())));
  }

  /**
   * A step that was watched.
   *
   * @param metadata how TensorFlow has cut the graph up into processes, what ran there when, and
   *     what they sent each other
   */
  record Trace(StepMetrics metrics, RunMetadata metadata) {}

  /** Runs the step as {@link #run} does, and watches, which takes longer. */
  Trace trace(BatchJob job, List<WorkQueue.Item> next) {
    RunOptions traced =
        options.toBuilder()
            .setOutputPartitionGraphs(true)
            .setTraceLevel(RunOptions.TraceLevel.FULL_TRACE)
            .build();
    return calls.call(
        () ->
            run(
                job,
                next,
                runner -> {
                  Result result = runner.setOptions(traced).runAndFetchMetadata();
                  return new Trace(metrics(job, result), result.getMetadata().orElseThrow());
                }));
  }

  private <T> T run(BatchJob job, List<WorkQueue.Item> next, Function<Session.Runner, T> run) {
    Session.Runner runner = session.runner();
    names.updates().forEach(runner::addTarget);
    runner.fetch(names.loss()).fetch(names.gradientNorm());
    names.trained().forEach(runner::fetch);
    try (Items fed = new Items(next);
        TFloat64 pace = new ReplicatedStep.Pace(job.step(), job.rate(), job.rows()).tensor()) {
      runner.feed(names.pace(), pace);
      fed.feed(runner);
      return run.apply(runner);
    }
  }

  private StepMetrics metrics(BatchJob job, Result fetched) {
    try (fetched) {
      return read(job, fetched);
    }
  }

  private StepMetrics read(BatchJob job, Result result) {
    double bytes = 0;
    for (int i = 0; i < members.size(); i++) {
      long[] trained = new long[Math.toIntExact(result.get(2 + i).shape().size())];
      result.get(2 + i).asRawTensor().data().asLongs().read(trained);
      if (trained[0] != job.number()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s trained batch %d, expected %d",
                members.get(i).worker(),
                trained[0],
                job.number()));
      }
      int[] counted = Arrays.stream(trained).skip(1).mapToInt(Math::toIntExact).toArray();
      bytes += touched.get(i).bytes(counted).total();
    }
    return new StepMetrics(
        ((TFloat32) result.get(0)).getFloat(),
        ((TFloat32) result.get(1)).getFloat(),
        bytes / members.size());
  }

  /** What each worker is told, as tensors. */
  private final class Items implements AutoCloseable {
    private final List<TInt64> fields = new ArrayList<>();

    Items(List<WorkQueue.Item> items) {
      items.forEach(item -> fields.add(item.fields()));
    }

    void feed(Session.Runner runner) {
      for (int i = 0; i < fields.size(); i++) {
        runner.feed(names.fields().get(i), fields.get(i));
        runner.addTarget(names.puts().get(i));
      }
    }

    @Override
    public void close() {
      fields.forEach(TInt64::close);
    }
  }

  @Override
  public void close() {
    calls.end(
        () -> {
          session.close();
          graph.close();
        });
  }
}
