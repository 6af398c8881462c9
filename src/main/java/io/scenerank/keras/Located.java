package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;

/**
 * Which of a source's variables are which of the model's.
 *
 * @param variables the source's variables by the model's path; one path may have several, copies of
 *     each other, and one that the source lacks has none
 * @param guessed what nothing in the source tells and only the order assumed here does, a line
 *     each: such a match is refused unless known scores confirm it
 * @param unproven what rests on the order in which a layer's code creates its variables, a line
 *     each
 */
record Located(
    ImmutableListMultimap<String, StoredVariable> variables,
    ImmutableList<String> guessed,
    ImmutableList<String> unproven) {

  /** Variables that the source itself names. */
  static Located proven(ImmutableListMultimap<String, StoredVariable> variables) {
    return new Located(variables, ImmutableList.of(), ImmutableList.of());
  }
}
