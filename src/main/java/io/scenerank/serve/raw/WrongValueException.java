package io.scenerank.serve.raw;

import org.jspecify.annotations.Nullable;

/** A value that a column does not take; who knows the row and the column says them. */
final class WrongValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private WrongValueException(String message) {
    super(message, null, false, false);
  }

  /** Of a value that was found. */
  static WrongValueException of(@Nullable Object found, String expected) {
    return said(Values.shown(found), expected);
  }

  /** Of something else that was found. */
  static WrongValueException said(String found, String expected) {
    return new WrongValueException("found " + found + ", expected " + expected);
  }
}
