package io.scenerank.data.prepare;

/** What a column is most likely for. */
enum ColumnRole {
  /** A label. */
  LABEL,
  /** The users. */
  USER,
  /** The items. */
  ITEM,
  /** The scenarios. */
  SCENARIO,
  /** The time of a row, by which rows can be split. */
  TIME,
  /** Several values. */
  SEQUENCE,
  /** A number to cut into bins. */
  BINNED,
  /** A small number. */
  DENSE,
  /** One of some values. */
  SPARSE,
  /** Nothing that a model may read. */
  LEFT_OUT
}
