package io.scenerank.cli;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Longs;
import io.scenerank.config.InvalidInputException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The value of {@code --seeds}. */
final class Seeds {
  private Seeds() {}

  /**
   * @param text whole numbers with commas between them
   * @throws InvalidInputException naming what is not a whole number or occurs twice
   */
  static ImmutableList<Long> parse(String text) {
    Set<Long> seeds = new LinkedHashSet<>();
    for (String part : Splitter.on(',').trimResults().split(text)) {
      Long seed = Longs.tryParse(part);
      if (seed == null) {
        throw new InvalidInputException(
            "--seeds '" + text + "': found '" + part + "', expected whole numbers as in 1,2,3");
      }
      if (!seeds.add(seed)) {
        throw new InvalidInputException("--seeds '" + text + "': " + seed + " occurs twice");
      }
    }
    return ImmutableList.copyOf(seeds);
  }
}
