package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.model.Models;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Buckets of texts: those of TensorFlow, and for data sets of older versions those of MD5. */
class HashFunctionTest {
  private static final List<String> VALUES =
      List.of("a", "北京", "New York", "x".repeat(100), "é\u00a0ö", "user_1234567890123");

  /** {@code tf.strings.to_hash_bucket_fast(VALUES, 1000)} of TensorFlow 2.18.1, plus one. */
  private static final List<String> BUCKETS = List.of("940", "267", "199", "720", "512", "301");

  private static final Description DESCRIPTION =
      Description.parse(
          """
          labels: {click: n % 2}
          scenario: place
          user: user
          split: {by: random, test_share: 0.3, seed: 5}
          columns:
            - {name: bucket, source: value, hash: 1000}
            - {name: buckets, source: list, type: sequence, delimiter: "|", max_len: 3, hash: 1000}
          """,
          "description");

  private static final PrepareOptions OPTIONS =
      new PrepareOptions(DuckDbOptions.DEFAULT, "", (step, done, total, unit) -> {});

  @TempDir private Path temp;

  private Path prepare() throws IOException {
    StringBuilder csv = new StringBuilder("user,place,n,value,list\n");
    for (int i = 0; i < 3 * VALUES.size(); i++) {
      String value = VALUES.get(i % VALUES.size());
      csv.append(String.format("u,p,%d,%s,%s| |b\n", i, value, value));
    }
    csv.append("u,p,1,,\n");
    Path file = Files.writeString(temp.resolve("raw.csv"), csv);
    Path data = temp.resolve("data");
    new Preparation(OPTIONS, Models.standard().groups(), Path.of(""))
        .write(DESCRIPTION, "", SourceFiles.find(file.toString(), Path.of("")), data, false);
    return data;
  }

  private List<String> encode(Path data, String column) throws Exception {
    Path out = temp.resolve("encoded.parquet");
    SavedEncoding.open(data, OPTIONS)
        .encode(
            RawData.files(temp.resolve("raw.csv").toString()),
            ImmutableSet.of("bucket", "buckets"),
            Files.createTempDirectory(temp, "work"),
            out);
    return ParquetTable.rows(out, "SELECT " + column + " FROM %s");
  }

  @Test
  void bucketsAreThoseOfTensorFlow() throws Exception {
    List<String> found = encode(prepare(), "bucket");
    assertThat(found.subList(0, VALUES.size())).containsExactlyElementsOf(BUCKETS);
    assertThat(found.get(found.size() - 1)).as("nothing has no bucket").isEqualTo("0");
  }

  @Test
  void soAreThoseOfASequence() throws Exception {
    List<String> found = encode(prepare(), "buckets");
    String b = encode(temp.resolve("data"), "buckets[3]").get(0);
    for (int i = 0; i < VALUES.size(); i++) {
      assertThat(found.get(i)).isEqualTo("[0, " + BUCKETS.get(i) + ", " + b + "]");
    }
    assertThat(found.get(found.size() - 1)).isEqualTo("[0, 0, 0]");
  }

  @Test
  void aDataSetOfAnOlderVersionKeepsItsBuckets() throws Exception {
    Path file = prepare().resolve(Encoding.FILE);
    ConfigMapper mapper = new ConfigMapper();
    ObjectNode encoding = (ObjectNode) mapper.readTree(file);
    assertThat(encoding.get("hash_function").asText()).isEqualTo("farmhash_fingerprint64");
    encoding.remove(List.of("hash_function", "types"));
    Files.writeString(file, mapper.toJson(encoding));
    // It knew no fingerprints either.
    Path schemaFile = file.resolveSibling("schema.json");
    ObjectNode schema = (ObjectNode) mapper.readTree(schemaFile);
    schema.remove("fingerprint");
    Files.writeString(schemaFile, mapper.toJson(schema));
    List<String> found = encode(temp.resolve("data"), "bucket");
    for (int i = 0; i < VALUES.size(); i++) {
      assertThat(found.get(i)).isEqualTo(md5Bucket(VALUES.get(i)));
    }
    assertThat(found.get(found.size() - 1)).isEqualTo("0");
  }

  /** The last eight bytes of the MD5, the least one first, as a number without a sign. */
  private static String md5Bucket(String text) throws Exception {
    byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
    BigInteger number = BigInteger.ZERO;
    for (int i = 15; i >= 8; i--) {
      number = number.shiftLeft(8).or(BigInteger.valueOf(digest[i] & 0xff));
    }
    return number.mod(BigInteger.valueOf(1000)).add(BigInteger.ONE).toString();
  }
}
