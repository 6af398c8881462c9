package io.scenerank.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.train.log.TrainingHistory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The drawing of learned weights of the losses. */
class LossWeightsChartTest {
  private static TrainingHistory.Step step(int step, float click) {
    return new TrainingHistory.Step(
        1, step, 0.5, 0.1, 100, 1, ImmutableMap.of("click", click, "other", Float.NaN));
  }

  private static List<String> texts(TrainingHistory history, String element) {
    return Xml.texts(
        ReportPageTest.page(ReportPageTest.numbers(null), history).getDocumentElement(), element);
  }

  /** A curve for each task, with its last value; a weight that is not finite is left out. */
  @Test
  void everyTaskHasACurve() {
    TrainingHistory history =
        new TrainingHistory(
            ImmutableList.of(step(10, 1), step(20, 1.25f)), ImmutableList.of(), ImmutableList.of());
    assertThat(texts(history, "figcaption")).contains("Loss weights");
    assertThat(texts(history, "li"))
        .contains("click, at the end 1.2500")
        .noneMatch(text -> text.startsWith("other, at the end"));
  }

  @Test
  void fixedWeightsHaveNoDrawing() {
    assertThat(texts(ReportPageTest.history(3), "figcaption"))
        .contains("Loss")
        .doesNotContain("Loss weights");
  }
}
