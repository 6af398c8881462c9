package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.model.Observations.Gate;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * PEPNet: EPNet adapts the shared embedding to the scenario, PPNet adapts every layer of every
 * task's tower to the user and the item.
 *
 * <p>Groups: {@code dnn} (the shared embedding), {@code epnet} (the scenario), {@code pepnet} (user
 * and item), {@code linear} with linear logits. Source: PEPNet (Chang et al., 2023).
 */
final class PepNet {
  /** The registry's entry. */
  static final ModelType<PepNetParams> TYPE =
      ModelType.of("pepnet", PepNetParams.class, PepNetParams::defaults, PepNet::outputs)
          .withWork(PepNetWork::of)
          .withGates(PepNet::gates)
          .withGroups(
              DefaultGroups.NONE
                  .with("epnet", Role.SCENARIO)
                  .with("dnn", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER)
                  .with("pepnet", Role.USER, Role.ITEM)
                  .with("linear", Role.USER, Role.ITEM, Role.SPARSE));

  static final String DNN = "dnn";
  static final String EPNET = "epnet";
  static final String PEPNET = "pepnet";

  private static final String EPNET_PATH = "dnn/epnet";
  private static final String PPNET_PATH = "dnn/ppnet";

  private PepNet() {}

  private static ImmutableMap<String, TensorRef> outputs(
      ModelBuilder model, ModelColumns columns, PepNetParams params) {
    TensorRef domain = columns.group(EPNET); // [B, d]
    TensorRef emb = columns.group(DNN); // [B, E]
    TensorRef persona = columns.group(PEPNET); // [B, p]
    int tasks = params.taskNames().size();
    TensorRef scaled =
        model
            .layer(
                EPNET_PATH,
                "EpNet",
                LayerArguments.layer().put("l2_reg", params.l2Reg()).build(),
                3)
            .callOn(domain, emb); // [B, E]
    ImmutableList<TensorRef> towers =
        model
            .layer(
                PPNET_PATH,
                "PpNet",
                LayerArguments.layer()
                    .put("multiples", tasks)
                    .put("hidden_units", params.pepnetDnnUnits())
                    .put("activation", params.pepnetActivation())
                    .put("dropout", params.pepnetDropout())
                    .put("l2_reg", params.l2Reg())
                    .build(),
                3)
            .several(tasks, scaled, persona); // T times [B, u]
    Optional<TensorRef> linear = columns.linearLogits(params.linearLogits()); // [B, 1]
    ImmutableMap.Builder<String, TensorRef> outputs = ImmutableMap.builder();
    for (int i = 0; i < tasks; i++) {
      String task = params.taskNames().get(i);
      TensorRef logit =
          linear.isPresent()
              ? model.add(TaskHeads.logit(model, task, towers.get(i)), linear) // [B, 1]
              : towers.get(i);
      outputs.put(task, TaskHeads.score(model, columns, task, task, logit));
    }
    return outputs.buildOrThrow();
  }

  private static ImmutableList<Gate> gates(
      Observations observed, ModelColumns columns, PepNetParams params) {
    ImmutableList.Builder<Gate> gates = ImmutableList.builder();
    gates.add(
        new Gate(
            "epnet",
            "What EPNet multiplies each column's embedding by, for the scenario",
            Gate.Kind.FACTOR,
            columns.names(DNN),
            observed.meanByPart(EPNET_PATH + "/gate", columns.widths(DNN)))); // [B, columns]
    for (int i = 0; i < params.pepnetDnnUnits().size(); i++) {
      String ofLayer = PPNET_PATH + "/gate/" + i + "/";
      gates.add(
          new Gate(
              "ppnet/layer_" + i,
              "What PPNet multiplies layer " + i + " of each task's tower by, for user and item",
              Gate.Kind.FACTOR,
              params.taskNames(),
              observed.means(
                  IntStream.range(0, params.taskNames().size())
                      .mapToObj(tower -> ofLayer + tower)
                      .toList()))); // [B, T]
    }
    return gates.build();
  }
}
