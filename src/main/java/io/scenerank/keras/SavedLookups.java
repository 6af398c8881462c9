package io.scenerank.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;

/**
 * The terms of the lookup tables in a SavedModel of Keras 2: what the function that fills a table
 * is given, which are constants of the graph or a file below {@code assets}.
 */
final class SavedLookups {
  private static final String FILL = "_initialize";

  private final Path savedModel;
  private final MetaGraphDef meta;
  private final SavedObjectGraph objects;

  SavedLookups(Path savedModel, MetaGraphDef meta) {
    this.savedModel = savedModel;
    this.meta = meta;
    this.objects = meta.getObjectGraphDef();
  }

  /**
   * The terms of a layer, in the order of their places; empty where it has no such table.
   *
   * @param path the layer's path from the root, {@code root.layer-0}
   * @param inverted whether the table holds the terms by their places
   */
  Optional<ImmutableList<String>> terms(String path, boolean inverted) {
    Optional<SavedObject> layer = object(0);
    for (String name : Splitter.on('.').split(path.replaceFirst("^root\\.", ""))) {
      layer = layer.flatMap(object -> child(object, name));
    }
    return layer
        .flatMap(object -> child(object, "lookup_table"))
        .flatMap(object -> child(object, FILL))
        .flatMap(this::filled)
        .flatMap(given -> terms(given, inverted));
  }

  private Optional<SavedObject> child(SavedObject object, String name) {
    return object.getChildrenList().stream()
        .filter(child -> child.getLocalName().equals(name))
        .map(ObjectReference::getNodeId)
        .findFirst()
        .flatMap(this::object);
  }

  private Optional<SavedObject> object(int number) {
    return number >= 0 && number < objects.getNodesCount()
        ? Optional.of(objects.getNodes(number))
        : Optional.empty();
  }

  /** What the function that fills a table reads besides the table. */
  private Optional<ImmutableList<SavedObject>> filled(SavedObject function) {
    return function.getFunction().getConcreteFunctionsList().stream()
        .findFirst()
        .map(name -> objects.getConcreteFunctionsMap().get(name))
        .map(
            concrete ->
                concrete.getBoundInputsList().stream()
                    .flatMap(number -> object(number).stream())
                    .filter(object -> object.hasConstant() || object.hasAsset())
                    .collect(ImmutableList.toImmutableList()));
  }

  private Optional<ImmutableList<String>> terms(
      ImmutableList<SavedObject> given, boolean inverted) {
    if (given.size() == 1 && given.get(0).hasAsset()) {
      return Optional.of(lines(given.get(0).getAsset().getAssetFileDefIndex()));
    }
    if (given.size() != 2 || !given.stream().allMatch(SavedObject::hasConstant)) {
      return Optional.empty();
    }
    TensorProto terms = constant(given.get(inverted ? 1 : 0));
    TensorProto places = constant(given.get(inverted ? 0 : 1));
    ImmutableList<String> values = values(terms);
    long[] order = longs(places);
    if (values.size() != order.length) {
      return Optional.empty();
    }
    return Optional.of(
        IntStream.range(0, order.length)
            .boxed()
            .sorted((a, b) -> Long.compare(order[a], order[b]))
            .map(values::get)
            .collect(ImmutableList.toImmutableList()));
  }

  private TensorProto constant(SavedObject object) {
    String name = object.getConstant().getOperation();
    return meta.getGraphDef().getNodeList().stream()
        .filter(node -> node.getName().equals(name))
        .findFirst()
        .map(NodeDef::getAttrMap)
        .map(attributes -> attributes.get("value"))
        .orElseThrow(
            () -> new InvalidInputException(savedModel + ": has no constant '" + name + "'"))
        .getTensor();
  }

  private static ImmutableList<String> values(TensorProto tensor) {
    return tensor.getDtype() == DataType.DT_STRING
        ? tensor.getStringValList().stream()
            .map(bytes -> bytes.toString(UTF_8))
            .collect(ImmutableList.toImmutableList())
        : Arrays.stream(longs(tensor))
            .mapToObj(Long::toString)
            .collect(ImmutableList.toImmutableList());
  }

  private static long[] longs(TensorProto tensor) {
    ByteBuffer bytes =
        tensor.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (tensor.getDtype() == DataType.DT_INT64) {
      return bytes.hasRemaining()
          ? IntStream.range(0, bytes.remaining() / Long.BYTES)
              .mapToLong(i -> bytes.getLong(i * Long.BYTES))
              .toArray()
          : tensor.getInt64ValList().stream().mapToLong(Long::longValue).toArray();
    }
    return bytes.hasRemaining()
        ? IntStream.range(0, bytes.remaining() / Integer.BYTES)
            .mapToLong(i -> bytes.getInt(i * Integer.BYTES))
            .toArray()
        : tensor.getIntValList().stream().mapToLong(Integer::longValue).toArray();
  }

  private ImmutableList<String> lines(int asset) {
    String name =
        asset >= 0 && asset < meta.getAssetFileDefCount()
            ? meta.getAssetFileDef(asset).getFilename()
            : "";
    Path file = InnerPath.resolve(savedModel.resolve("assets"), name);
    try {
      return ImmutableList.copyOf(Files.readAllLines(file));
    } catch (IOException e) {
      throw new InvalidInputException(
          file + ": cannot be read as a vocabulary (" + e.getMessage() + ")", e);
    }
  }
}
