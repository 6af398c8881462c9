package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.MetaAttention;
import io.scenerank.layer.MetaTower;
import io.scenerank.layer.MetaUnit;
import io.scenerank.variable.LayerScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The meta units of {@link M2m}: two that all tasks share, or own ones for each task. A shared
 * unit's weights are generated once for each batch, with any number of tasks and tower steps.
 *
 * <p>Source: M2M (Zhang et al., 2022), "Meta unit".
 */
final class M2mMetaUnits {
  private final M2mParams params;
  private final MetaUnit.Options options;
  private final ImmutableList<MetaUnit> attention; // one a task, or one
  private final ImmutableList<ImmutableList<MetaUnit>> towers; // depth a task, or one of one

  M2mMetaUnits(M2mParams params, LayerScope dnn, int scenarioDim) {
    this.params = params;
    this.options =
        new MetaUnit.Options(
            params.metaUnitDepth(), params.activation(), params.dropout(), params.l2Reg(), 1);
    int tasks = params.taskNames().size();
    if (params.metaUnitShared()) {
      int calls = tasks * params.metaTowerDepth();
      this.attention =
          ImmutableList.of(attention(dnn.child("attention_shared_meta_unit"), tasks, scenarioDim));
      this.towers =
          ImmutableList.of(
              ImmutableList.of(tower(dnn.child("tower_shared_meta_unit"), calls, scenarioDim)));
    } else {
      ImmutableList.Builder<MetaUnit> attentions = ImmutableList.builder();
      ImmutableList.Builder<ImmutableList<MetaUnit>> ofTowers = ImmutableList.builder();
      for (String task : params.taskNames()) {
        LayerScope ofAttention = MetaAttention.ownUnit(dnn.child("meta_attention_" + task));
        attentions.add(attention(ofAttention, 1, scenarioDim));
        ofTowers.add(ownUnits(dnn.child("meta_tower_" + task), scenarioDim));
      }
      this.attention = attentions.build();
      this.towers = ofTowers.build();
    }
  }

  private MetaUnit attention(LayerScope scope, int calls, int scenarioDim) {
    return options
        .callsPerStep(calls)
        .build(scope, 2 * params.viewDim(), params.numExperts(), scenarioDim);
  }

  private MetaUnit tower(LayerScope scope, int calls, int scenarioDim) {
    return options.callsPerStep(calls).build(scope, params.viewDim(), 1, scenarioDim);
  }

  private ImmutableList<MetaUnit> ownUnits(LayerScope tower, int scenarioDim) {
    ImmutableList.Builder<MetaUnit> units = ImmutableList.builder();
    for (int j = 0; j < params.metaTowerDepth(); j++) {
      units.add(tower(MetaTower.ownUnit(tower, j), 1, scenarioDim));
    }
    return units.build();
  }

  /** The unit of all tasks' attentions, where the tasks share it. */
  MetaUnit sharedAttention() {
    return attention.get(0);
  }

  /** The unit of all steps of all towers, where they share it. */
  MetaUnit sharedTower() {
    return towers.get(0).get(0);
  }

  /** All units with the weights of a batch. */
  Generated generate(Ops tf, Operand<TFloat32> scenarioViews) {
    return new Generated(
        attention.stream().map(unit -> unit.generate(tf, scenarioViews)).toList(),
        towers.stream()
            .map(units -> units.stream().map(unit -> unit.generate(tf, scenarioViews)).toList())
            .toList());
  }

  /** The units of a batch, by task. */
  final class Generated {
    private final List<MetaUnit.Generated> attentions;
    private final List<List<MetaUnit.Generated>> ofTowers;

    private Generated(
        List<MetaUnit.Generated> attentions, List<List<MetaUnit.Generated>> ofTowers) {
      this.attentions = attentions;
      this.ofTowers = ofTowers;
    }

    /** The unit of a task's attention and the number of its call. */
    MetaTower.Step attention(int task) {
      return params.metaUnitShared()
          ? new MetaTower.Step(attentions.get(0), task)
          : new MetaTower.Step(attentions.get(task), 0);
    }

    /** The units of a task's tower with the numbers of their calls. */
    List<MetaTower.Step> tower(int task) {
      int depth = params.metaTowerDepth();
      List<MetaTower.Step> steps = new ArrayList<>();
      List<MetaUnit.Generated> units =
          params.metaUnitShared()
              ? Collections.nCopies(depth, ofTowers.get(0).get(0))
              : ofTowers.get(task);
      for (int j = 0; j < depth; j++) {
        steps.add(new MetaTower.Step(units.get(j), params.metaUnitShared() ? task * depth + j : 0));
      }
      return steps;
    }
  }
}
