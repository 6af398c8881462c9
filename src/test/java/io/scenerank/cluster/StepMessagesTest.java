package io.scenerank.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMultiset;
import io.scenerank.cluster.chief.StepMessagesMain;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What crosses from process to process in a step, against what the page on several machines says of
 * it: an op that is placed on a wrong device, or a value that is sent twice, is one message more.
 */
@Tag("slow")
public class StepMessagesTest {
  private static final String TASK = "/job:(\\w+)/replica:0/task:(\\d+)/\\S+";
  private static final Pattern CUT = Pattern.compile("^cut " + TASK + " " + TASK + "$");
  private static final Pattern SENT = Pattern.compile("^sent (\\d+) " + TASK + " " + TASK + "$");

  @TempDir private Path temp;

  /** A model with dropout, or with a condition that is looked up, or with moving statistics. */
  public static ModelDefinition<?> definition(String model) {
    return switch (model) {
      case "pepnet" -> ClusterFixture.definition();
      case "apg" -> SceneModels.small(Models.APG, "{linear_logits: false}");
      case "mmoe" -> SceneModels.small(Models.MMOE, "{}");
      case "shared_bottom" -> SceneModels.small(Models.SHARED_BOTTOM, "{}");
      default -> throw new IllegalArgumentException(model);
    };
  }

  public static PackedRows rows(String model) {
    return model.equals("pepnet") ? SmallModel.rows(72, 1) : SceneModels.rows(72, 1);
  }

  /**
   * @param lookUps of tables, in the model
   * @param tables that are trained
   * @param repeated tables of these that are looked up more than once
   * @param statistics moving means and variances
   */
  @ParameterizedTest
  @CsvSource({
    "pepnet, 1, 1, 2, 2, 0, 0",
    "pepnet, 2, 1, 2, 2, 0, 0",
    "apg, 2, 1, 3, 2, 1, 0",
    "shared_bottom, 2, 1, 2, 2, 0, 6",
    "mmoe, 2, 2, 2, 2, 0, 0"
  })
  void aStepSendsWhatThePageSays(
      String model, int ps, int workers, int lookUps, int tables, int repeated, int statistics)
      throws Exception {
    Outcome outcome =
        ChildProcess.run(
            temp,
            ChildProcess.java(
                ChildProcess.classpath(),
                StepMessagesMain.class.getName(),
                model,
                Integer.toString(ps),
                Integer.toString(workers)));
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    List<String> lines = outcome.out().lines().toList();

    ImmutableSortedMultiset.Builder<String> expected = ImmutableSortedMultiset.naturalOrder();
    expected.addCopies("chief to ps", ps);
    expected.addCopies("ps to chief", ps);
    expected.addCopies("chief to worker", workers == 1 ? 1 : 2 * workers);
    expected.addCopies("worker to chief", 2 * workers);
    expected.addCopies("ps to worker", ps * workers * (1 + lookUps));
    expected.addCopies(
        "worker to ps", ps * workers * (1 + lookUps + tables + repeated) + statistics);
    assertThat(roles(found(lines, CUT), 1)).isEqualTo(expected.build());
    assertThat(roles(found(lines, SENT), 2)).isEqualTo(expected.build());

    long sent =
        found(lines, SENT).stream()
            .filter(message -> !List.of(message.group(2), message.group(4)).contains("chief"))
            .mapToLong(message -> Long.parseLong(message.group(1)))
            .sum();
    assertThat(lines).contains("counted " + (double) sent / workers);
  }

  private static List<MatchResult> found(List<String> lines, Pattern pattern) {
    return lines.stream().flatMap(line -> pattern.matcher(line).results()).toList();
  }

  /** The roles between which messages go. */
  private static ImmutableSortedMultiset<String> roles(List<MatchResult> messages, int from) {
    return messages.stream()
        .map(message -> message.group(from) + " to " + message.group(from + 2))
        .collect(
            ImmutableSortedMultiset.toImmutableSortedMultiset(Comparator.<String>naturalOrder()));
  }
}
