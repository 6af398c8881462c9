package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;

/** A step by rows costs the same with any vocabulary: its ops never see a whole table. */
@Tag("slow")
class StepCostTest {
  /** What may be done with a table or its slots: reading and writing some rows. */
  private static final ImmutableSet<String> BY_ROWS =
      ImmutableSet.of("ResourceGather", "ResourceScatterSub", "ResourceScatterUpdate");

  private static ModelDefinition<?> definition(int vocabulary, boolean l2) {
    ImmutableList<FeatureColumn> columns =
        SmallModel.COLUMNS.stream()
            .map(column -> column.isCategorical() ? with(column, vocabulary, l2) : column)
            .collect(ImmutableList.toImmutableList());
    return new ModelDefinition<>(Models.PEPNET, SmallModel.withLinearLogits(), columns);
  }

  private static FeatureColumn with(FeatureColumn column, int vocabulary, boolean l2) {
    return new FeatureColumn(
        column.name(),
        column.embName(),
        column.embDim(),
        vocabulary,
        column.group(),
        column.type(),
        column.maxLen(),
        column.dimension(),
        column.combiner(),
        column.maskZero(),
        l2 ? 0.1f : 0f,
        column.initializer(),
        column.trainable(),
        null);
  }

  /** Every op that a step's update depends on. */
  static Set<GraphOperation> opsOfAStep(TrainingGraph graph) {
    Set<GraphOperation> seen = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    open.add((GraphOperation) graph.update().op());
    while (!open.isEmpty()) {
      GraphOperation op = open.remove();
      if (seen.add(op)) {
        for (Operand<?> input : op.inputs()) {
          open.add((GraphOperation) input.op());
        }
        open.addAll(op.controlInputs());
      }
    }
    return seen;
  }

  private static List<String> opsOfTheTablesSize(
      ModelDefinition<?> definition, OptimizerType type) {
    int vocabulary = definition.columns().get(0).vocabSize();
    TrainingConfig defaults = TrainingConfig.defaults();
    TrainingConfig config =
        new TrainingConfig(
            1,
            8,
            type,
            0.01f,
            defaults.schedule(),
            defaults.loss(),
            ImmutableMap.of(),
            defaults.validationSplit(),
            defaults.patience());
    List<String> found = new ArrayList<>();
    try (TrainingGraph graph =
        new TrainingGraph(
            definition, TrainingGraph.Options.of(config, 1, Device.parse("cpu"), 1))) {
      Set<GraphOperation> ops = opsOfAStep(graph);
      assertThat(ops).as("ops of a step").hasSizeGreaterThan(100);
      int byRows = 0;
      for (GraphOperation op : ops) {
        for (int i = 0; i < op.numOutputs(); i++) {
          if (isLarge(op.output(i).shape(), vocabulary)) {
            found.add(op.type() + " " + op.name() + " gives " + op.output(i).shape());
          }
        }
        if (op.inputs().stream().anyMatch(StepCostTest::isTable)) {
          byRows++;
          if (!BY_ROWS.contains(op.type())) {
            found.add(op.type() + " " + op.name() + " takes a whole table");
          }
        }
      }
      assertThat(byRows).as("ops on tables").isGreaterThanOrEqualTo(4);
    }
    return found;
  }

  private static boolean isLarge(Shape shape, int vocabulary) {
    for (int i = 0; !shape.isUnknown() && i < shape.numDimensions(); i++) {
      if (shape.get(i) >= vocabulary) {
        return true;
      }
    }
    return false;
  }

  private static boolean isTable(Operand<?> input) {
    return input.op().type().equals("VarHandleOp") && input.op().name().contains("fused/");
  }

  @Property(tries = 6)
  void noOpOfAStepByRowsSeesAWholeTable(
      @ForAll @IntRange(min = 10_000, max = 100_000) int vocabulary,
      @ForAll boolean l2,
      @ForAll OptimizerType type) {
    OptimizerType byRows = type == OptimizerType.ADAM ? OptimizerType.LAZY_ADAM : type;
    assertThat(opsOfTheTablesSize(definition(vocabulary, l2), byRows))
        .as("ops of the table's size in a step of %s", byRows)
        .isEmpty();
  }

  @Example
  void exactAdamDoes() {
    assertThat(opsOfTheTablesSize(definition(10_000, false), OptimizerType.ADAM))
        .as("the check finds what it looks for")
        .anyMatch(found -> found.startsWith("UnsortedSegmentSum"))
        .anyMatch(found -> found.startsWith("ResourceApplyAdam"));
  }
}
