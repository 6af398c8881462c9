package io.scenerank.serve.graph;

/** The nodes of an exported graph that check what is fed, told by the scopes of their names. */
final class CheckNodes {
  /** Scope of the check that ids are inside their vocabularies. */
  static final String VOCABULARY = "vocabulary_check";

  /** Scope of the check that dense values are finite. */
  static final String FINITE = "finite_check";

  private CheckNodes() {}

  /** Whether a node of this name belongs to one of the checks. */
  static boolean contain(String nodeName) {
    return isOfVocabulary(nodeName) || nodeName.startsWith(FINITE + "/");
  }

  /** Whether a node of this name belongs to the check of ids. */
  static boolean isOfVocabulary(String nodeName) {
    return nodeName.startsWith(VOCABULARY + "/");
  }
}
