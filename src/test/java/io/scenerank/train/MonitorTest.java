package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.eval.Metrics;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Trainer.TrainingResult;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonitorTest extends TrainerFixture {

  @ParameterizedTest
  @CsvSource({
    "auc_macro,true",
    "gauc_like,true",
    "gauc_weighted_macro,true",
    "logloss_macro,false",
    "logloss_click,false",
  })
  void everyMetricHasItsDirection(String name, boolean isMoreBetter) {
    Monitor monitor = Monitor.of(name, SmallModel.TASKS, Targets.NONE);
    assertThat(monitor.metric()).isEqualTo(name);
    assertThat(monitor.isBetter(0.6, 0.5)).isEqualTo(isMoreBetter);
    assertThat(monitor.isBetter(0.5, 0.6)).isEqualTo(!isMoreBetter);
    assertThat(monitor.isBetter(0.5, 0.5)).as("no worse is not better").isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "spearman_macro,true",
    "spearman_watch,true",
    "rmse_watch,false",
    "weighted_rmse_watch,false",
    "poisson_deviance_visits,false",
    "auc_macro,true",
  })
  void numbersAndCountsHaveTheirs(String name, boolean isMoreBetter) {
    Targets targets =
        Targets.of(
            ImmutableMap.of(
                "watch", new Target(TaskType.REGRESSION, null, false, "w"),
                "visits", new Target(TaskType.COUNT, null, true, null)));
    Monitor monitor = Monitor.of(name, ImmutableList.of("watch", "visits"), targets);
    assertThat(monitor.metric())
        .as("the default is for tasks that are not binary too")
        .isEqualTo(name.equals("auc_macro") ? "spearman_macro" : name);
    assertThat(monitor.isBetter(0.6, 0.5)).isEqualTo(isMoreBetter);
  }

  @ParameterizedTest
  @CsvSource({"auc_macro,auc", "auc_click,auc", "auc,auc", "logloss_macro,logloss"})
  void aModelOfOneTaskHasMetricsWithoutItsName(String name, String metric) {
    assertThat(Monitor.of(name, ImmutableList.of("click"), Targets.NONE).metric())
        .isEqualTo(metric);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "log_loss_like | ; did you mean 'logloss_like'?",
        "auc | ",
        "rows | ",
        "auc_buy | ",
      })
  void anotherMetricIsRefused(String name, String hint) {
    assertThatThrownBy(() -> Monitor.of(name, SmallModel.TASKS, Targets.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("training.monitor: unknown metric '" + name + "'")
        .hasMessageContaining(hint == null ? "" : hint);
  }

  /** A rate that leaves the good values soon; the metric of each epoch tells which is the best. */
  @ParameterizedTest
  @CsvSource({"auc_like", "logloss_macro", "gauc_click"})
  void trainingStopsByTheMetricAndKeepsItsBestEpoch(String name) throws IOException {
    TrainingConfig config =
        with(
            Config.PLAIN
                .optimizer(OptimizerType.SGD, 3f)
                .epochs(9)
                .validation(0.3, 2)
                .build(ImmutableMap.of()),
            "{\"monitor\": \"" + name + "\"}");
    List<Double> values = new ArrayList<>();
    ToDoubleFunction<Metrics> metric = metrics -> metrics.byName().get(name).orElseThrow();
    TrainingListener listener =
        epoch -> values.add(metric.applyAsDouble(epoch.validation().orElseThrow()));
    try (Trainer trainer = trainer(config, PARAMS, 3, listener)) {
      TrainingResult result = trainer.fit(rows, checkpoints(name));
      assertThat(result.epochs()).isEqualTo(values.size());
    }
    int best = 0;
    for (int epoch = 1; epoch < values.size(); epoch++) {
      boolean less = values.get(epoch) < values.get(best);
      boolean more = values.get(epoch) > values.get(best);
      best = (name.startsWith("logloss") ? less : more) ? epoch : best;
    }
    TrainingState state = checkpoints(name).latest().orElseThrow();
    assertThat(state.bestEpoch()).isEqualTo(best + 1);
    assertThat(state.bestMetric()).isEqualTo(values.get(best));
    assertThat(state.epoch()).isEqualTo(Math.min(9, best + 3));
  }
}
