package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code keras_metadata.pb} of a Keras 2 SavedModel: what Keras knows of each object, by the
 * object's path from the root. The file is a list of messages, of which two fields are needed.
 */
final class KerasMetadata {
  static final String FILE = "keras_metadata.pb";

  /** Path of the model itself. */
  static final String ROOT = "root";

  private static final int NODES = 1;
  private static final int NODE_PATH = 3;
  private static final int METADATA = 5;

  private final String where;
  private final ImmutableMap<String, String> nodes;

  private KerasMetadata(String where, ImmutableMap<String, String> nodes) {
    this.where = where;
    this.nodes = nodes;
  }

  /** Whether a SavedModel has the file. */
  static boolean isThere(Path savedModel) {
    return Files.isRegularFile(savedModel.resolve(FILE));
  }

  /** Reads the file of a SavedModel; empty where it has none. */
  static Optional<KerasMetadata> read(Path savedModel) {
    if (!isThere(savedModel)) {
      return Optional.empty();
    }
    Path file = savedModel.resolve(FILE);
    try {
      Map<String, String> nodes = new LinkedHashMap<>();
      CodedInputStream in = CodedInputStream.newInstance(Files.readAllBytes(file));
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == tag(NODES)) {
          addNode(in, nodes);
        } else {
          in.skipField(tag);
        }
      }
      return Optional.of(new KerasMetadata(file.toString(), ImmutableMap.copyOf(nodes)));
    } catch (IOException e) {
      throw new InvalidInputException(file + ": damaged (" + e.getMessage() + ")", e);
    }
  }

  private static int tag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static void addNode(CodedInputStream in, Map<String, String> nodes) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    String path = "";
    String metadata = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == tag(NODE_PATH)) {
        path = in.readString();
      } else if (tag == tag(METADATA)) {
        metadata = in.readString();
      } else {
        in.skipField(tag);
      }
    }
    in.popLimit(outer);
    nodes.put(path, metadata);
  }

  private Optional<JsonNode> metadata(String path) {
    return Optional.ofNullable(nodes.get(path))
        .map(text -> new ConfigMapper().parsePython(text, where + ": node '" + path + "'"));
  }

  /** What is known of the object at a path; missing where there is none. */
  JsonNode at(String path) {
    return metadata(path).orElseGet(MissingNode::getInstance);
  }

  /** Paths of the model's layers by their names. */
  ImmutableMap<String, String> layers() {
    ImmutableMap.Builder<String, String> layers = ImmutableMap.builder();
    for (String path : nodes.keySet()) {
      if (path.matches("root\\.layer[^.]*")) {
        layers.put(at(path).path("name").asText(), path);
      }
    }
    return layers.buildKeepingLast();
  }

  /** Description of the model itself. */
  Optional<JsonNode> root() {
    return metadata(ROOT);
  }

  /** Paths of the objects that an object holds, by the names of these. */
  ImmutableMap<String, String> children(String path) {
    ImmutableMap.Builder<String, String> children = ImmutableMap.builder();
    for (String child : nodes.keySet()) {
      if (child.startsWith(path + ".") && child.indexOf('.', path.length() + 1) < 0) {
        metadata(child)
            .map(tree -> tree.path("name"))
            .filter(JsonNode::isTextual)
            .ifPresent(name -> children.put(name.textValue(), child));
      }
    }
    return children.buildKeepingLast();
  }

  /**
   * Name of an object.
   *
   * @param child the root's name for it, {@code layer_with_weights-0}
   */
  Optional<String> name(String child) {
    return metadata(ROOT + "." + child)
        .map(tree -> tree.path("name"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue);
  }
}
