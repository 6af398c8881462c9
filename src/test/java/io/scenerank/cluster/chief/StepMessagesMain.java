package io.scenerank.cluster.chief;

import static io.scenerank.cluster.ClusterFixture.BATCH;
import static io.scenerank.cluster.ClusterFixture.CPU;
import static io.scenerank.cluster.ClusterFixture.SEED;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterFixture;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.StepMessagesTest;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.cluster.worker.DropoutWidth;
import io.scenerank.cluster.worker.InputQueue;
import io.scenerank.cluster.worker.TaskWork;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeExecStats;

/**
 * Traces a step of all workers of a cluster, whose every task has a server of its own in this
 * process. Arguments: a model of {@link StepMessagesTest}, the numbers of parameter servers and of
 * workers.
 *
 * <p>Prints the bytes that the step counted for a worker, a line {@code cut FROM TO} for each value
 * that TensorFlow's cut of the graph sends from one task to another, and a line {@code sent BYTES
 * FROM TO} for each that it has sent.
 */
public final class StepMessagesMain {
  private static final long GENERATION = 7;
  private static final int LONGEST = 60_000; // milliseconds

  private StepMessagesMain() {}

  public static void main(String[] args) {
    ModelDefinition<?> definition = StepMessagesTest.definition(args[0]);
    PackedRows rows = StepMessagesTest.rows(args[0]);
    TrainingConfig config = ClusterFixture.config(0);
    TrainingJob training = new TrainingJob(definition, config, SEED, rows);
    ClusterSpec cluster =
        ClusterFixture.cluster(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    for (TaskId task : cluster.tasks()) {
      TaskProcess process = new TaskProcess(cluster, task, TaskProcess.Identity.of("1.0"), CPU, 1);
      switch (task.role()) {
        case CHIEF -> process.start();
        case PS -> new Thread(() -> new TaskWork(process).keepVariables()).start();
        case WORKER -> new Thread(() -> new TaskWork(process).compute(training)).start();
      }
    }
    ClusterRuntime site = new ClusterRuntime(cluster, CPU, 1);
    TrainingGraph.Options options = TrainingGraph.Options.of(config, SEED, CPU, 1);
    InputQueue.Format format = InputQueue.Format.of(definition, DropoutWidth.of(definition, SEED));
    ImmutableList<StepGraph.Member> members =
        site.tasks(TaskId.Role.WORKER).stream()
            .map(worker -> new StepGraph.Member(worker, GENERATION, format))
            .collect(ImmutableList.toImmutableList());
    try (TrainingGraph variables = new TrainingGraph(definition, options, site);
        StepGraph step = new StepGraph(training, site, members, LONGEST)) {
      System.out.println(variables.trainableValues() + " values");
      step.tell(members.stream().map(member -> WorkQueue.Item.open(GENERATION)).toList());
      BatchJob job = new BatchJob(0, 0, 0, BATCH, 0, 0.01f);
      step.tell(
          IntStream.range(0, members.size())
              .mapToObj(share -> job.feed(GENERATION, share, members.size()))
              .toList());
      print(step.trace(job, members.stream().map(member -> WorkQueue.Item.none()).toList()));
    }
    System.exit(0); // TensorFlow cannot end the servers
  }

  private static void print(StepGraph.Trace trace) {
    System.out.printf("counted %.1f%n", trace.metrics().bytes());
    for (GraphDef partition : trace.metadata().getPartitionGraphsList()) {
      partition.getNodeList().stream()
          .filter(node -> List.of("_Recv", "_HostRecv").contains(node.getOp()))
          .filter(node -> !node.getAttrOrThrow("client_terminated").getB())
          .forEach(
              node ->
                  System.out.printf(
                      "cut %s %s%n", text(node, "send_device"), text(node, "recv_device")));
    }
    for (DeviceStepStats device : trace.metadata().getStepStats().getDevStatsList()) {
      device.getNodeStatsList().stream()
          .filter(node -> node.getNodeName().equals("RecvTensor"))
          .map(NodeExecStats::getTimelineLabel)
          // [8B] [0.1Mb/s] edge_5_Name from /job:… to /job:…
          .map(label -> label.replaceAll("^\\[(\\w+)B].* from (\\S+) to (\\S+).*$", "$1 $2 $3"))
          .forEach(message -> System.out.println("sent " + message));
    }
  }

  private static String text(NodeDef node, String attribute) {
    return node.getAttrOrThrow(attribute).getS().toStringUtf8();
  }
}
