package io.scenerank.data.prepare;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;

/** Sets of names, written as texts with blanks between them. */
final class NameSet {
  private NameSet() {}

  static ImmutableSet<String> of(String... lines) {
    return ImmutableSet.copyOf(Splitter.on(' ').omitEmptyStrings().split(String.join(" ", lines)));
  }
}
