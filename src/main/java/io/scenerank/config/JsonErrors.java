package io.scenerank.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.Collection;
import java.util.List;

/** Explains errors of Jackson in one line, with the key that they concern. */
final class JsonErrors {
  private JsonErrors() {}

  /** Says of a tree that is not an object of the expected type which key is wrong, and why. */
  static InvalidInputException explain(JacksonException e, JsonNode tree, String where) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      List<String> names = known == null ? List.of() : known.stream().map(String::valueOf).toList();
      return new InvalidInputException(
          where
              + ": unknown key '"
              + path(unknown)
              + "'"
              + SpellingHint.hint(unknown.getPropertyName(), names),
          e);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidInputException invalid) {
        return new InvalidInputException(where + ": " + invalid.getMessage(), e);
      }
    }
    String key = e instanceof JsonMappingException mapping ? path(mapping) : "";
    return new InvalidInputException(
        where
            + (key.isEmpty() ? "" : ": key '" + key + "'")
            + ": "
            + (e instanceof MismatchedInputException mismatch
                ? TypeMismatch.describe(mismatch, tree)
                : oneLine(e.getOriginalMessage())),
        e);
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference reference : e.getPath()) {
      if (reference.getFieldName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
      } else {
        path.append('[').append(reference.getIndex()).append(']');
      }
    }
    return path.toString();
  }

  /** Where in a text the error is, or nothing where that is not known. */
  static String at(JacksonException e) {
    return e.getLocation() == null
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  /** A text of several lines as one line, without what Jackson says of a source that it hides. */
  static String oneLine(String text) {
    return text == null
        ? ""
        : text.replaceAll("\\s+", " ").replaceAll("\\[Source: [^;\\]]*; ", "[").trim();
  }
}
