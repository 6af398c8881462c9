package io.scenerank.layer.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.ops.PythonCode.Instruction;
import io.scenerank.layer.ops.PythonExpression.Call;
import io.scenerank.layer.ops.PythonExpression.Constant;
import io.scenerank.layer.ops.PythonExpression.Input;
import io.scenerank.layer.ops.PythonExpression.Item;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Codes are {@code marshal.dumps(function.__code__)} of Python 3.11 unless it says otherwise. */
class PythonFunctionTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** {@code lambda x: tf.squeeze(x, axis=1)}. */
  private static final String SQUEEZE =
      "4wEAAAAAAAAAAAAAAAQAAAADAAAA8zoAAACXAHQAAAAAAAAAAAAAAKABAAAAAAAAAAAAAAAAAAAAAAAAAAB8"
          + "AGQBrAKmAgAAqwIAAAAAAAAAAFMAqQNO6QEAAAApAdoEYXhpc6kC2gJ0ZtoHc3F1ZWV6ZakB2gF4cwEAAAAg"
          + "+gc8c3RkaW4++gg8bGFtYmRhPnILAAAACQAAAHMWAAAAgACVcpd6knqgIaghkHrRFyzUFyyAAPMAAAAA";

  private static final Call SQUEEZED =
      new Call("squeeze", ImmutableList.of(new Input()), ImmutableMap.of("axis", number(1)));

  private static Constant number(int value) {
    return new Constant(JSON.numberNode(value));
  }

  private static Optional<PythonExpression> read(String base64) {
    return MarshalReader.read(Base64.getDecoder().decode(base64)).flatMap(PythonFunction::returned);
  }

  @Test
  void aCallWithAnOption() {
    assertThat(read(SQUEEZE)).contains(SQUEEZED);
  }

  /** Lists that repeat one list are short in the file and would be long as JSON. */
  @Test
  void aListThatRepeatsListsIsNotUnfolded() {
    ImmutableList<Object> list = ImmutableList.of(JSON.numberNode(1));
    for (int i = 0; i < 12; i++) {
      list = ImmutableList.copyOf(Collections.nCopies(100, list));
    }
    assertThat(MarshalReader.json(list).isMissingNode()).isTrue();
    assertThat(MarshalReader.json(ImmutableList.of(JSON.numberNode(1)))).hasToString("[1]");
  }

  /** {@code lambda x: tf.reduce_sum(x, 1, keepdims=True)}. */
  @Test
  void anOptionByPosition() {
    String code =
        "4wEAAAAAAAAAAAAAAAUAAAADAAAA8zwAAACXAHQAAAAAAAAAAAAAAKABAAAAAAAAAAAAAAAAAAAAAAAAAAB8"
            + "AGQBZAKsA6YDAACrAwAAAAAAAAAAUwApBE7pAQAAAFQpAdoIa2VlcGRpbXMpAtoCdGbaCnJlZHVjZV9zdW2p"
            + "AdoBeHMBAAAAIPoHPHN0ZGluPvoIPGxhbWJkYT5yCQAAAAoAAABzGAAAAIAAlQKXDZINmGGgEahUkA3REDLU"
            + "EDKAAPMAAAAA";
    assertThat(read(code))
        .contains(
            new Call(
                "reduce_sum",
                ImmutableList.of(new Input()),
                ImmutableMap.of(
                    "axis", number(1), "keepdims", new Constant(JSON.booleanNode(true)))));
  }

  /** {@code lambda x: x[0] * x[1]}. */
  @Test
  void aProductOfTwoInputs() {
    String code =
        "4wEAAAAAAAAAAAAAAAMAAAADAAAA8yQAAACXAHwAZAEZAAAAAAAAAAAAfABkAhkAAAAAAAAAAAB6BQAAUwAp"
            + "A07pAAAAAOkBAAAAqQCpAdoBeHMBAAAAIPoHPHN0ZGluPvoIPGxhbWJkYT5yCAAAAAsAAABzEgAAAIAAkEGQ"
            + "YZREmDGYUZw0kUuAAPMAAAAA";
    assertThat(read(code))
        .contains(
            new Call(
                "math.multiply", ImmutableList.of(new Item(0)), ImmutableMap.of("y", new Item(1))));
  }

  /** {@code lambda x: tf.nn.relu(x) * 2 - 1}. */
  @Test
  void callsInsideOthers() {
    String code =
        "4wEAAAAAAAAAAAAAAAMAAAADAAAA80wAAACXAHQAAAAAAAAAAAAAAGoBAAAAAAAAAACgAgAAAAAAAAAAAAAA"
            + "AAAAAAAAAAAAfACmAQAAqwEAAAAAAAAAAGQBegUAAGQCegoAAFMAKQNO6QIAAADpAQAAACkD2gJ0ZtoCbm7a"
            + "BHJlbHWpAdoBeHMBAAAAIPoHPHN0ZGluPvoIPGxhbWJkYT5yCgAAAAwAAABzHAAAAIAAlTKUNZc6kjqYYZE9"
            + "lD2gMdETJKBx0RMogADzAAAAAA==";
    Call relu = new Call("nn.relu", ImmutableList.of(new Input()), ImmutableMap.of());
    Call twice = new Call("math.multiply", ImmutableList.of(relu), ImmutableMap.of("y", number(2)));
    assertThat(read(code))
        .contains(
            new Call("math.subtract", ImmutableList.of(twice), ImmutableMap.of("y", number(1))));
  }

  /**
   * {@code -tf.squeeze(x, axis=1)}; {@code np.squeeze(x, axis=1)}; a value of another scope; two
   * arguments; {@code tf.square(x) if x is None else x}.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "4wEAAAAAAAAAAAAAAAQAAAADAAAA8zwAAACXAHQAAAAAAAAAAAAAAKABAAAAAAAAAAAAAAAAAAAAAAAAAAB8"
            + "AGQBrAKmAgAAqwIAAAAAAAAAAAsAUwCpA07pAQAAACkB2gRheGlzqQLaAnRm2gdzcXVlZXplqQHaAXhzAQAA"
            + "ACD6BzxzdGRpbj76CDxsYW1iZGE+cgsAAAANAAAAcxkAAACAAJVil2qSaqARqBGQatEWK9QWK9AVK4AA8wAA"
            + "AAA=",
        "4wEAAAAAAAAAAAAAAAQAAAADAAAA8zoAAACXAHQAAAAAAAAAAAAAAKABAAAAAAAAAAAAAAAAAAAAAAAAAAB8"
            + "AGQBrAKmAgAAqwIAAAAAAAAAAFMAqQNO6QEAAAApAdoEYXhpcykC2gJucNoHc3F1ZWV6ZakB2gF4cwEAAAAg"
            + "+gc8c3RkaW4++gg8bGFtYmRhPnIKAAAADgAAAHMWAAAAgACVIpcqkiqYUaBRkCrREifUEieAAPMAAAAA",
        "4wEAAAAAAAAAAAAAAAUAAAATAAAA83gAAACVAZcAdAAAAAAAAAAAAAAAoAEAAAAAAAAAAAAAAAAAAAAAAAAA"
            + "AHQAAAAAAAAAAAAAAKACAAAAAAAAAAAAAAAAAAAAAAAAAAB8AKYBAACrAQAAAAAAAAAAZAEZAAAAAAAAAAAA"
            + "iQFmAqYBAACrAQAAAAAAAAAAUwApAk7pAAAAACkD2gJ0ZtoFemVyb3PaBXNoYXBlKQLaAXjaAWtzAgAAACCA"
            + "+gc8c3RkaW4++gg8bGFtYmRhPvoUbWsuPGxvY2Fscz4uPGxhbWJkYT4IAAAAcyYAAAD4gACVUpdYklidcp94"
            + "mnioAZl7nHuoMZx+qHHQHjHRFTLUFTKAAPMAAAAA",
        "4wIAAAAAAAAAAAAAAAQAAAADAAAA8zgAAACXAHQAAAAAAAAAAAAAAKABAAAAAAAAAAAAAAAAAAAAAAAAAAB8"
            + "AHwBpgIAAKsCAAAAAAAAAABTAKkBTikC2gJ0ZtoDYWRkKQLaAXjaAXlzAgAAACAg+gc8c3RkaW4++gg8bGFt"
            + "YmRhPnIIAAAAEAAAAHMSAAAAgACVMpc2kjaYIZhRkTyUPIAA8wAAAAA=",
        "4wEAAAAAAAAAAAAAAAMAAAADAAAA8z4AAACXAHwAgBp0AAAAAAAAAAAAAACgAQAAAAAAAAAAAAAAAAAAAAAA"
            + "AAAAfACmAQAAqwEAAAAAAAAAAG4BfABTAKkBTikC2gJ0ZtoGc3F1YXJlqQHaAXhzAQAAACD6BzxzdGRpbj76"
            + "CDxsYW1iZGE+cggAAAARAAAAcxgAAACAAKAxoDmVMpc5kjmYUZE8lDyQPLAhgADzAAAAAA=="
      })
  void anythingElseIsUnknown(String code) {
    assertThat(MarshalReader.read(Base64.getDecoder().decode(code))).isPresent();
    assertThat(read(code)).isEmpty();
  }

  @Test
  void damagedCodeIsUnknown() {
    byte[] whole = Base64.getDecoder().decode(SQUEEZE);
    for (int length = 0; length < 60; length++) {
      assertThat(MarshalReader.read(Arrays.copyOf(whole, length))).as("%d bytes", length).isEmpty();
    }
    for (int place = 0; place < whole.length; place++) {
      byte[] damaged = whole.clone();
      damaged[place] ^= 0x55;
      // It may mean something else now, and nothing is thrown.
      assertThat(MarshalReader.read(damaged).map(PythonFunction::returned)).isNotNull();
    }
  }

  private static PythonCode code(int... instructions) {
    ImmutableList.Builder<Instruction> list = ImmutableList.builder();
    for (int i = 0; i < instructions.length; i += 2) {
      list.add(new Instruction(instructions[i], instructions[i + 1]));
    }
    return new PythonCode(
        1,
        list.build(),
        ImmutableList.of(
            JSON.nullNode(), JSON.numberNode(1), ImmutableList.of(JSON.textNode("axis"))),
        ImmutableList.of("tf", "squeeze"));
  }

  /** What {@code dis} of Python 3.8 to 3.10 prints of {@code tf.squeeze(x, axis=1)}. */
  @Test
  void ofPython38() {
    PythonCode code = code(116, 0, 106, 1, 124, 0, 100, 1, 100, 2, 141, 2, 83, 0);
    assertThat(PythonFunction.returned(code)).contains(SQUEEZED);
  }

  /** What {@code dis} of Python 3.12 prints of it. */
  @Test
  void ofPython312() {
    PythonCode code =
        code(151, 0, 116, 0, 0, 0, 106, 3, 0, 0, 124, 0, 100, 1, 172, 2, 171, 2, 0, 0, 83, 0);
    assertThat(PythonFunction.returned(code)).contains(SQUEEZED);
  }
}
