package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged configs: an error of one line or a model, never another exception, never a hang. */
@Tag("slow")
class FunctionalMutationTest {
  private static final int MUTANTS = 300;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ImmutableList<JsonNode> VALUES =
      ImmutableList.of(
          JSON.nullNode(),
          JSON.booleanNode(true),
          JSON.numberNode(-1),
          JSON.numberNode(0),
          JSON.numberNode(3),
          JSON.numberNode(2147483647),
          JSON.numberNode(1e300),
          JSON.textNode(""),
          JSON.textNode("flatten"),
          JSON.textNode("line\nbreak \u2028 and " + "x".repeat(5000)),
          JSON.arrayNode(),
          JSON.objectNode(),
          deep());

  private static JsonNode deep() {
    ArrayNode inner = JSON.arrayNode();
    for (int i = 0; i < 500; i++) {
      inner = JSON.arrayNode().add(inner);
    }
    return inner;
  }

  /** A place in a tree. */
  private record Place(JsonNode parent, String key, int index) {
    JsonNode value() {
      return parent.isObject() ? parent.get(key) : parent.get(index);
    }

    void set(JsonNode value) {
      if (parent instanceof ObjectNode object) {
        object.set(key, value);
      } else {
        ((ArrayNode) parent).set(index, value);
      }
    }

    void remove() {
      if (parent instanceof ObjectNode object) {
        object.remove(key);
      } else {
        ((ArrayNode) parent).remove(index);
      }
    }
  }

  static Stream<String> configs() {
    return KerasGoldens.configs().properties().stream().map(entry -> entry.getKey());
  }

  private static void collect(JsonNode node, List<Place> places) {
    node.properties()
        .forEach(
            entry -> {
              places.add(new Place(node, entry.getKey(), 0));
              collect(entry.getValue(), places);
            });
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      places.add(new Place(node, "", i));
      collect(node.get(i), places);
    }
  }

  private static void mutate(JsonNode config, Random random) {
    List<Place> places = new ArrayList<>();
    collect(config, places);
    Place place = places.get(random.nextInt(places.size()));
    switch (random.nextInt(4)) {
      case 0 -> place.remove();
      case 1 -> place.set(places.get(random.nextInt(places.size())).value().deepCopy());
      default -> place.set(VALUES.get(random.nextInt(VALUES.size())).deepCopy());
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aDamagedConfigIsAnErrorOfOneLineOrAModel(String name) {
    ObjectNode config = KerasGoldens.config(name);
    Random random = new Random(name.hashCode());
    DefinitionReader reader = new DefinitionReader(Models.standard());
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      ObjectNode mutant = config.deepCopy();
      for (int times = 0; times <= random.nextInt(3); times++) {
        mutate(mutant, random);
      }
      int number = i;
      String problem =
          Assertions.assertTimeoutPreemptively(
              Duration.ofSeconds(10), () -> problem(reader, mutant), () -> "mutant " + number);
      refused += problem.isEmpty() ? 0 : 1;
    }
    assertThat(refused).as("mutants that were refused").isGreaterThan(MUTANTS / 4);
  }

  private static String problem(DefinitionReader reader, JsonNode mutant) {
    try {
      reader.read(FunctionalModel.parse(mutant, "some.keras"), "some.keras");
      return "";
    } catch (InvalidInputException e) {
      assertThat(e.getMessage())
          .startsWith("some.keras: ")
          .doesNotContainPattern("[\\n\\r\\u2028]")
          .hasSizeLessThan(1500);
      return e.getMessage();
    } catch (RuntimeException | StackOverflowError e) {
      return fail("the mutant " + mutant, e);
    }
  }
}
