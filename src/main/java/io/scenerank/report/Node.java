package io.scenerank.report;

/** A piece of a page. */
interface Node {
  /** Writes the piece as well-formed XML. */
  void write(StringBuilder out);
}
