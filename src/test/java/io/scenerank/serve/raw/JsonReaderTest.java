package io.scenerank.serve.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.scenerank.config.InvalidInputException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON of requests. */
class JsonReaderTest {
  private static Object read(String json) {
    return RawEncoder.readJson(json.getBytes(StandardCharsets.UTF_8), 5);
  }

  @Test
  void valuesHaveTheirTypes() {
    Map<String, Object> user = new HashMap<>();
    user.put("id", "é\né😀😀/");
    user.put("n", null);
    assertThat(
            read(
                " {\"user\": {\"id\": \"é\\n\\u00e9\\ud83d\\ude00😀\\/\", \"n\": null},\r\n"
                    + "\t\"rows\": [ {\"id\": -12, \"x\": 0.5e-1}, {\"id\": 1} , {} ],"
                    + " \"t\": [true,false,[]]} "))
        .isEqualTo(
            Map.of(
                "user",
                user,
                "rows",
                List.of(Map.of("id", -12L, "x", 0.05), Map.of("id", 1L), Map.of()),
                "t",
                List.of(true, false, List.of())));
  }

  @Test
  void integersAreExact() {
    assertThat(read("[9223372036854775807,-9223372036854775808,9223372036854775808,-0,1e2]"))
        .isEqualTo(
            Arrays.asList(Long.MAX_VALUE, Long.MIN_VALUE, BigInteger.TWO.pow(63), 0L, 100.0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|byte 0: found the end, expected a JSON value",
        "[1,]|byte 3: found ']', expected a JSON value",
        "[1 2]|byte 3: found '2', expected ',' or ']'",
        "{\"a\":1,}|byte 7: found '}', expected a name in quotes",
        "{\"a\" 1}|byte 5: found '1', expected ':'",
        "{\"a\":1,\"a\":2}|byte 7: found '\"', expected each name once, and 'a' was there before",
        "[[[[[[]]]]]]|byte 5: found '[', expected at most 5 levels of lists and objects",
        "01|byte 0: found '0', expected a number without zeros in front",
        "-|byte 1: found the end, expected a digit",
        "1.|byte 2: found the end, expected a digit",
        "1e999|byte 0: found '1', expected a number of 64 bits",
        "NaN|byte 0: found 'N', expected a JSON value",
        "nul|byte 0: found 'n', expected a JSON value",
        "\"a|byte 2: found the end, expected the end of a text",
        "\"\\x\"|byte 2: found 'x', expected an escape of JSON",
        "\"\\ud800\"|byte 3: found 'd', expected both halves of a surrogate pair",
        "\"\\ud800\\u0041\"|byte 3: found 'd', expected both halves of a surrogate pair",
        "1 1|byte 2: found '1', expected nothing more",
      })
  void whatIsWrongIsNamedByItsPlace(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] bytes = {'"', 'a', (byte) 0xc3, '"'};
    assertThatThrownBy(() -> RawEncoder.readJson(bytes, 5))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("byte 1: found bytes that are not UTF-8, expected UTF-8");
    assertThatThrownBy(() -> read("9".repeat(401)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("byte 0: found '9', expected a number of at most 400 characters");
  }

  /** Damaged JSON is read as Jackson reads it, or refused; nothing else happens. */
  @Property(tries = 2000)
  void itAgreesWithJackson(@ForAll int place, @ForAll byte other) throws Exception {
    byte[] bytes =
        "{\"u\":{\"id\":\"é\\u00e9\",\"x\":-1.5e3},\"c\":[{\"i\":12},null,true]}"
            .getBytes(StandardCharsets.UTF_8);
    bytes[Math.floorMod(place, bytes.length)] = other;
    Object found;
    try {
      found = RawEncoder.readJson(bytes, 5);
    } catch (InvalidInputException e) {
      return;
    }
    ObjectMapper mapper = JsonMapper.builder().build();
    assertThat(mapper.valueToTree(found).toString()).isEqualTo(mapper.readTree(bytes).toString());
  }
}
