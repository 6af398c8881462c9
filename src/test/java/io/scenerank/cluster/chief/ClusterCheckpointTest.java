package io.scenerank.cluster.chief;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterators;
import com.google.common.primitives.Floats;
import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.cluster.ClusterFixture;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.ServersMain;
import io.scenerank.cluster.wire.TaskServer;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.testing.FreeAddresses;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Checkpoints;
import io.scenerank.train.Checkpoints.TableGrowth;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingRuntime;
import io.scenerank.train.TrainingState;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints of clusters of some parameter servers, restored into others and into one process: the
 * same bits. The servers are in another process, the chiefs in this one.
 */
@Tag("slow")
class ClusterCheckpointTest {
  private static final List<Integer> SIZES = List.of(1, 2, 3, 5);
  private static final int STEPS = 3;

  @TempDir private static Path shared;
  private static Running servers;
  private static final Map<String, TrainingRuntime> SITES = new LinkedHashMap<>();

  /** Kept from the garbage collector, which would end them. */
  private static final List<TaskServer> CHIEFS = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeAll
  static void startServers() throws Exception {
    List<String> clusters = new ArrayList<>();
    // All at once, so that no two clusters share one.
    Iterator<String> free =
        FreeAddresses.of(SIZES.stream().mapToInt(size -> size + 1).sum()).iterator();
    for (int size : SIZES) {
      clusters.add(String.join(",", ImmutableList.copyOf(Iterators.limit(free, size + 1))));
    }
    servers =
        ChildProcess.start(
            shared,
            ChildProcess.java(
                ChildProcess.classpath(),
                ServersMain.class.getName(),
                clusters.toArray(String[]::new)));
    while (!Files.readString(servers.out()).contains(ServersMain.READY)) {
      assertThat(servers.process().isAlive()).as(Files.readString(servers.err())).isTrue();
      Thread.sleep(5);
    }
    SITES.put("one process", TrainingRuntime.local(ClusterFixture.CPU, 1));
    for (String cluster : clusters) {
      ClusterSpec spec = ServersMain.spec(cluster);
      CHIEFS.add(new TaskServer(spec, TaskId.chief(), ClusterFixture.CPU, 1));
      SITES.put(spec.ps().size() + " ps", new ClusterRuntime(spec, ClusterFixture.CPU, 1));
    }
  }

  @AfterAll
  static void endServers() throws Exception {
    servers.close();
  }

  private static TrainingGraph graph(TrainingRuntime site) {
    return graph(site, ClusterFixture.definition());
  }

  private static TrainingGraph graph(TrainingRuntime site, ModelDefinition<?> definition) {
    return new TrainingGraph(
        definition,
        TrainingGraph.Options.of(
            ClusterFixture.config(0), ClusterFixture.SEED, ClusterFixture.CPU, 1),
        site);
  }

  /** Trains and returns the last loss. */
  private static float train(TrainingGraph graph, int firstStep, int steps) {
    PackedRows rows = SmallModel.rows(72, 1);
    float loss = 0;
    try (Batcher batches =
        Batcher.of(rows)
            .reading(
                ClusterFixture.definition().layout(),
                ClusterFixture.definition().params().taskNames())
            .batchSize(ClusterFixture.BATCH)
            .start()) {
      for (int step = firstStep; step < firstStep + steps; step++) {
        try (Batch batch = batches.next()) {
          loss = graph.step(batch, step, 0.01f);
        }
      }
    }
    return loss;
  }

  private static Map<String, List<Float>> values(TrainingGraph graph) {
    Map<String, List<Float>> values = new HashMap<>();
    TrainedState state = graph.state(STEPS);
    add(values, "", state.weights());
    add(values, "m/", state.adam().orElseThrow().m());
    add(values, "v/", state.adam().orElseThrow().v());
    return values;
  }

  private static void add(
      Map<String, List<Float>> values, String prefix, Map<String, FloatTensor> more) {
    more.forEach((path, value) -> values.put(prefix + path, Floats.asList(value.values())));
  }

  @Test
  void aCheckpointOfAnySizeGoesIntoAnyOther() {
    Map<String, Map<String, List<Float>>> saved = new LinkedHashMap<>();
    List<Float> first = new ArrayList<>();
    SITES.forEach(
        (name, site) -> {
          try (TrainingGraph graph = graph(site)) {
            first.add(train(graph, 0, STEPS));
            graph.saveCheckpoint(prefix(name));
            saved.put(name, values(graph));
          }
        });
    assertThat(first).allSatisfy(loss -> assertThat(loss).isCloseTo(first.get(0), within(1e-6f)));
    assertThat(saved.get("3 ps").get("m/embedding/user/embeddings")).doesNotContain(0f);
    SITES.forEach((name, site) -> requireRestores(name, site, saved));
  }

  @Test
  void tablesOfClustersOfAnySizeGrow() throws IOException {
    ModelDefinition<?> grown =
        ModelGraph.grown(
            ClusterFixture.definition(),
            ImmutableMap.of("item", 17, "history", 17, "user", 8),
            line -> {});
    ImmutableList<TableGrowth> growth =
        ImmutableList.of(
            new TableGrowth("embedding/item", 11, 17, ImmutableIntArray.of(1, 2, 7)),
            new TableGrowth("embedding/user", 7, 8, ImmutableIntArray.of()));
    for (String from : List.of("one process", "3 ps")) {
      Checkpoints checkpoints = new Checkpoints(folder.resolve("of " + from));
      Map<String, List<Float>> before;
      try (TrainingGraph graph = graph(SITES.get(from))) {
        train(graph, 0, STEPS);
        checkpoints.save(graph, new TrainingState(1, STEPS, 1, 72, 8, 0, -1));
        before = values(graph);
      }
      for (String to : List.of("one process", "2 ps", "5 ps")) {
        try (TrainingGraph graph = graph(SITES.get(to), grown)) {
          Map<String, List<Float>> first = values(graph);
          checkpoints.restoreGrowing(graph, 1, growth, new Checkpoints.Kept(true, true));
          Map<String, List<Float>> after = values(graph);
          assertThat(after.keySet()).isEqualTo(before.keySet());
          after.forEach(
              (path, value) ->
                  assertThat(value)
                      .as("%s, from %s to %s", path, from, to)
                      .isEqualTo(expected(path, before.get(path), first.get(path))));
          assertThat(train(graph, STEPS, 1)).isFinite();
        }
      }
    }
  }

  private static List<Float> expected(String path, List<Float> before, List<Float> first) {
    List<Float> expected = new ArrayList<>(before);
    expected.addAll(first.subList(before.size(), first.size()));
    if (path.endsWith("embedding/item/embeddings")) {
      for (int row : new int[] {1, 2, 7}) {
        for (int i = 4 * row; i < 4 * (row + 1); i++) {
          expected.set(i, first.get(i));
        }
      }
    }
    return expected;
  }

  /** What a ps says of bytes that are wrong crosses the network in its words. */
  @Test
  void aDamagedCheckpointIsNamedInAClusterToo() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder.resolve("checkpoint"));
    try (TrainingGraph graph = graph(SITES.get("2 ps"))) {
      for (int epoch : new int[] {1, 2}) {
        checkpoints.save(graph, new TrainingState(epoch, STEPS, 1, 72, 8, 0, -1), 2);
      }
      Path newest = folder.resolve("checkpoint/epoch-00002");
      for (Path file : List.of(first(newest, "variables.data"), first(newest, "variables.index"))) {
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[whole.length / 3] ^= 1;
        for (byte[] damaged : List.of(flipped, Arrays.copyOf(whole, whole.length / 2))) {
          Files.write(file, damaged);
          assertThatThrownBy(() -> checkpoints.restore(graph, 2))
              .isInstanceOf(InvalidInputException.class)
              .hasMessageStartingWith(newest + ": the checkpoint is damaged (")
              .hasMessageNotContainingAny("/job:", "\n")
              .hasMessageEndingWith("); delete it to use the checkpoint before it, epoch-00001");
        }
        Files.write(file, whole);
      }
      assertThat(checkpoints.restore(graph, 2).epoch()).isEqualTo(2);
    }
  }

  private static Path first(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow();
    }
  }

  private Path prefix(String name) {
    return folder.resolve(name.replace(' ', '-'));
  }

  private void requireRestores(
      String name, TrainingRuntime site, Map<String, Map<String, List<Float>>> saved) {
    List<Float> next = new ArrayList<>();
    try (TrainingGraph graph = graph(site)) {
      saved.forEach(
          (from, values) -> {
            graph.restoreCheckpoint(prefix(from));
            assertThat(values(graph)).as("of %s, restored into %s", from, name).isEqualTo(values);
            next.add(train(graph, STEPS, 1));
          });
    }
    assertThat(next).allSatisfy(loss -> assertThat(loss).isCloseTo(next.get(0), within(1e-6f)));
  }
}
