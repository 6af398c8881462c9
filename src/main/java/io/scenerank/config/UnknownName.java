package io.scenerank.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.google.common.collect.ImmutableSet;
import java.util.Set;

/** A name in a configuration that is none of those that are known. */
public final class UnknownName extends MismatchedInputException {
  private static final long serialVersionUID = 1L;

  private final ImmutableSet<String> known;

  /**
   * @param type what was to be read
   * @param known the names that could be there
   */
  public UnknownName(JsonParser parser, Class<?> type, Set<String> known) {
    super(parser, "expected one of " + known, type);
    this.known = ImmutableSet.copyOf(known);
  }

  /** The names that could be there. */
  ImmutableSet<String> known() {
    return known;
  }
}
