package io.scenerank.cli;

import io.scenerank.eval.Evaluator.RankingBy;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that measures test rows. */
final class RankingOptions {
  private static final String NONE = "none";

  @Option(
      names = "--ranking-by",
      paramLabel = "COLUMN",
      description = {
        "Also measure NDCG@k, MRR and hit rate@k: the rows with the same value of this sparse column"
            + " are one list. user is the column of the data's users, of any name; none, the"
            + " default, measures no lists."
      })
  private @Nullable String by;

  @Option(
      names = "--k",
      paramLabel = "N",
      description = "Length of the head of a list. Default: 10; alone, it means --ranking-by user.")
  private @Nullable Integer k;

  /** The ranking metrics that are requested. */
  Optional<RankingBy> ranking() {
    RankingBy asked = new RankingBy(by == null ? RankingBy.USER : by, k == null ? RankingBy.K : k);
    boolean isAsked = by == null ? k != null : !by.equals(NONE);
    return isAsked ? Optional.of(asked) : Optional.empty();
  }
}
