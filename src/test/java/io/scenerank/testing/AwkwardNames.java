package io.scenerank.testing;

import com.google.common.collect.ImmutableList;

/** Names of columns that SQL or YAML takes for something else. */
public final class AwkwardNames {
  /** All of them, each once even if case is ignored. */
  public static final ImmutableList<String> ALL =
      ImmutableList.of(
          "like",
          "order",
          "group",
          "select",
          "desc",
          "user",
          "current_date",
          "null",
          "yes",
          "1e3",
          "#x",
          "a: b",
          "a.b",
          "say \"hi\"",
          "it's",
          "9lives",
          "日志",
          "a/b",
          "- x",
          "{a}",
          "[b]",
          "%",
          "&c",
          "*d",
          "!e",
          "|f",
          ">g",
          "@h",
          "`i",
          "~",
          "?",
          "true",
          "rank",
          "count",
          "date",
          "interval",
          "row",
          "values",
          "position",
          "default");

  private AwkwardNames() {}
}
