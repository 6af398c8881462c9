package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Longs;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.GroupNames;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the vocabularies that Keras saved as files of their own, {@code
 * assets/layers/<layer>/vocabulary.txt}, or in the tables of a SavedModel, into the configs of
 * their lookup layers, where given vocabularies are.
 */
final class LookupVocabularies {
  private static final ImmutableSet<String> LOOKUPS =
      ImmutableSet.of("StringLookup", "IntegerLookup");
  private static final String VOCABULARY = "vocabulary";
  private static final String CONFIG = "config";
  private static final String CLASS = "class_name";

  private final KerasArchive archive;
  private final String where;

  private LookupVocabularies(KerasArchive archive, String where) {
    this.archive = archive;
    this.where = where;
  }

  /**
   * The model's config with all vocabularies.
   *
   * @param where how messages call the file
   * @throws InvalidInputException if one does not have as many terms as the config says
   */
  static JsonNode inlined(KerasArchive archive, String where) {
    if (!archive.hasAssets()) {
      return archive.config();
    }
    JsonNode config = archive.config().deepCopy();
    new LookupVocabularies(archive, where).walk(config, "assets/");
    return config;
  }

  /**
   * The config of the model in a SavedModel of Keras 2 with the terms that its tables hold.
   *
   * @param root the model's config
   * @param metadata what Keras says of each object
   */
  static JsonNode inlined(JsonNode root, KerasMetadata metadata, Path savedModel) {
    if (LOOKUPS.stream().noneMatch(root.findValuesAsText(CLASS)::contains)) {
      return root;
    }
    JsonNode config = root.deepCopy();
    walk(config, KerasMetadata.ROOT, metadata, SavedModelGraph.read(savedModel).lookups());
    return config;
  }

  private static void walk(
      JsonNode model, String path, KerasMetadata metadata, SavedLookups tables) {
    Map<String, String> paths = metadata.children(path);
    for (JsonNode entry : model.path(CONFIG).path("layers")) {
      String name = entry.path(CONFIG).path("name").asText();
      String inner = paths.getOrDefault(name, "");
      if (entry.path(CONFIG).path("layers").isArray()) {
        walk(entry, inner, metadata, tables);
      } else if (LOOKUPS.contains(entry.path(CLASS).asText())
          && entry.path(CONFIG) instanceof ObjectNode config
          && !config.path(VOCABULARY).isContainerNode()) {
        boolean integers = entry.path(CLASS).asText().equals("IntegerLookup");
        tables
            .terms(inner, config.path("invert").asBoolean(false))
            .ifPresent(
                terms -> {
                  ArrayNode all = config.putArray(VOCABULARY);
                  terms.forEach(term -> add(all, term, integers, name));
                });
      }
    }
  }

  private static void add(ArrayNode all, String term, boolean integers, String layer) {
    if (!integers) {
      all.add(term);
      return;
    }
    Long number = Longs.tryParse(term.trim());
    if (number == null) {
      throw new InvalidInputException(
          "layer '" + layer + "': its vocabulary has '" + term + "', expected an integer");
    }
    all.add(number);
  }

  private void walk(JsonNode model, String group) {
    GroupNames names = new GroupNames();
    for (JsonNode entry : model.path(CONFIG).path("layers")) {
      String className = entry.path(CLASS).asText();
      String inner = group + "layers/" + names.next(className) + "/";
      if (entry.path(CONFIG).path("layers").isArray()) {
        walk(entry, inner);
      } else if (LOOKUPS.contains(className) && entry.path(CONFIG) instanceof ObjectNode config) {
        fill(className, config, inner + VOCABULARY + ".txt");
      }
    }
  }

  private void fill(String className, ObjectNode config, String file) {
    Optional<String> text =
        config.path(VOCABULARY).isContainerNode() ? Optional.empty() : archive.text(file);
    if (text.isEmpty()) {
      return;
    }
    String[] lines = lines(text.get());
    JsonNode size = config.path("vocabulary_size");
    if (size.isIntegralNumber() && size.intValue() != lines.length) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: '%s' has %d lines, expected %s, the vocabulary_size of layer '%s': a term has a"
                  + " line break",
              where,
              file,
              lines.length,
              size,
              config.path("name").asText()));
    }
    ArrayNode terms = config.putArray(VOCABULARY);
    boolean integers = className.equals("IntegerLookup");
    for (String line : lines) {
      if (integers) {
        Long term = Longs.tryParse(line.trim());
        if (term == null) {
          throw new InvalidInputException(
              where + ": '" + file + "' has the line '" + line + "', expected an integer");
        }
        terms.add(term);
      } else {
        terms.add(line);
      }
    }
  }

  /** Python on Windows writes two characters between lines. */
  private static String[] lines(String text) {
    String[] lines = text.split("\n", -1);
    boolean windows =
        lines.length > 1
            && Arrays.stream(lines, 0, lines.length - 1).allMatch(line -> line.endsWith("\r"));
    return windows ? text.split("\r\n", -1) : lines;
  }
}
