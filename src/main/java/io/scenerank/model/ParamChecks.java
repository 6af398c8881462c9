package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;

/** Checks of parameters; every error names the key, what was found and what was expected. */
final class ParamChecks {
  private ParamChecks() {}

  static void units(String key, ImmutableList<Integer> units) {
    require(
        !units.isEmpty() && units.stream().allMatch(width -> width >= 1),
        key,
        units,
        "one width or more, each above 0");
  }

  static void dropout(String key, float rate) {
    require(rate >= 0 && rate < 1, key, rate, "at least 0 and below 1");
  }

  static void l2Reg(float l2Reg) {
    require(l2Reg >= 0 && Float.isFinite(l2Reg), "l2_reg", l2Reg, "0 or more");
  }

  static void positive(String key, int value) {
    require(value >= 1, key, value, "at least 1");
  }

  static void require(boolean condition, String key, Object found, String expected) {
    if (!condition) {
      throw new InvalidInputException(key + " is " + found + ", expected " + expected);
    }
  }
}
