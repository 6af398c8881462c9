package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/**
 * NullAway believes that picocli sets every field of an option. One that need not be given is
 * {@code @Nullable}.
 */
class OptionFieldsTest {
  @Test
  void whatNeedNotBeGivenIsNullableAndNothingElse() {
    List<String> wrong = new ArrayList<>();
    int fields = check(new CommandLine(new ScenerankCommand()), wrong);
    assertThat(wrong).isEmpty();
    assertThat(fields).isGreaterThan(50);
  }

  private static int check(CommandLine command, List<String> wrong) {
    int fields = 0;
    for (ArgSpec arg : command.getCommandSpec().args()) {
      boolean given = arg.required() && arg.group() == null;
      boolean absent = !given && arg.defaultValue() == null && arg.initialValue() == null;
      fields += check(arg.userObject(), absent, wrong);
    }
    for (CommandLine inner : command.getSubcommands().values()) {
      fields += check(inner, wrong);
    }
    return fields;
  }

  private static int check(Object place, boolean absent, List<String> wrong) {
    if (!(place instanceof Field field) || field.getType().isPrimitive()) {
      return 0;
    }
    if (field.getAnnotatedType().isAnnotationPresent(Nullable.class) != absent) {
      wrong.add(field + (absent ? ": may be null" : ": is never null"));
    }
    return 1;
  }
}
