package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page on expressions says what holds. */
class ExpressionsPageTest {
  private static final Path PAGE = Path.of("docs/expressions.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| [^|]+ \\| (`.*`) \\|$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path temp;

  @Test
  void listsTheFunctions() throws Exception {
    ImmutableSet<String> listed =
        ROW.matcher(Files.readString(PAGE))
            .results()
            .flatMap(row -> CODE.matcher(row.group(1)).results())
            .map(name -> name.group(1))
            .collect(ImmutableSet.toImmutableSet());
    assertThat(listed).isEqualTo(ScalarFunctions.NAMED);
  }

  @Test
  void itsExamplesPass() throws Exception {
    MatchResult example =
        EXAMPLE.matcher(Files.readString(PAGE)).results().findFirst().orElseThrow();
    Description description =
        Description.parse(example.group(1) + "scenario: page\nuser: user_id\n", PAGE.toString());
    try (WorkDatabase database =
        new WorkDatabase(
            new PrepareOptions(new DuckDbOptions(2), "", (step, done, total, unit) -> {}),
            temp,
            DuckDb.Access.NONE)) {
      ExpressionGuard guard = new ExpressionGuard(database, "rows");
      assertThat(guard.columns(description.columns())).contains("ts", "price", "tags", "payload");
      assertThat(guard.columns("where", description.where())).contains("page", "user_id");
      for (String label : LabelColumns.of(description).expressions().values()) {
        assertThat(guard.columns("label", label)).isNotEmpty();
      }
    }
  }
}
