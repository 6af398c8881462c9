package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import io.scenerank.serve.graph.PackedGraph;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * Feeds all features of an export in one matrix of ids and one of dense values: a session's cost
 * grows with the tensors that it is fed. Few rows go through a pass of their own, many through the
 * graph as it was exported, whose bits are those of the trained model.
 */
final class PackedFeeds implements Execution {
  /** Up to here a call's time is that of its ops rather than that of its rows. */
  private static final int FEW = 4;

  private static final String SCOPE = "frozen_pass";

  private final String source;
  private final Session session;
  private final FeaturePacker packer;
  private final Pass fewRows;
  private final Pass manyRows;

  /** Where a forward pass begins and ends. */
  private record Pass(PackedFeed fed, ImmutableList<Output<?>> outputs) {

    static Pass of(Session session, PackedGraph packed, String scope) {
      return new Pass(
          new PackedFeed(
              packed.ids().map(name -> output(session, scope + name)),
              packed.dense().map(name -> output(session, scope + name))),
          packed.outputs().values().stream()
              .map(name -> output(session, scope + name))
              .collect(ImmutableList.toImmutableList()));
    }

    private static Output<?> output(Session session, String node) {
      return session.graph().operation(node).output(0);
    }
  }

  private PackedFeeds(String source, Session session, PackedGraph packed) {
    this.source = source;
    this.session = session;
    this.packer = new FeaturePacker(packed.layout());
    this.fewRows = Pass.of(session, packed, SCOPE + "/");
    this.manyRows = Pass.of(session, packed, "");
  }

  /**
   * Adds the frozen pass to a session's graph.
   *
   * @param source what errors name in front
   * @param packed the session's graph
   */
  static Execution add(String source, Session session, PackedGraph packed) {
    session.graph().importGraphDef(packed.forFewRows(session), SCOPE);
    return new PackedFeeds(source, session, packed);
  }

  @Override
  public String check(Features features, int rows) {
    packer.check(source, features, rows);
    return "packed"; // Every type and width is the layout's.
  }

  @Override
  public Result run(Features features, int rows) {
    Pass pass = rows <= FEW ? fewRows : manyRows;
    List<Tensor> tensors = new ArrayList<>(2);
    try {
      Session.Runner runner = session.runner();
      pass.fed().feed(runner, packer, source, features, rows, tensors);
      pass.outputs().forEach(runner::fetch);
      return runner.run();
    } finally {
      tensors.forEach(Tensor::close);
    }
  }
}
