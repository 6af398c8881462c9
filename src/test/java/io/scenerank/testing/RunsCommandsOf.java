package io.scenerank.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Says of which sections of the documentation a test runs the shell commands. The test gets them,
 * in their order, as an argument {@code List<String>}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SectionCommands.class)
public @interface RunsCommandsOf {
  /** Page and heading of each, such as {@code docs/data.md#Files}. */
  String[] value();
}
