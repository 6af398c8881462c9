package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.export.SmallModel;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.Compiler;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Loading and predicting needs TensorFlow Java, Guava and JSpecify, and none of the other
 * libraries.
 */
class LightClasspathTest {
  /** What {@code tensorflow-core-api}, one native and Guava bring. */
  private static final List<String> LIGHT =
      List.of(
          "tensorflow-core-api-",
          "tensorflow-core-native-",
          "ndarray-",
          "javacpp-",
          "protobuf-java-",
          "guava-",
          "failureaccess-",
          "jspecify-");

  private static final String MAIN =
      """
      import io.scenerank.serve.Features;
      import io.scenerank.serve.SavedModelPredictor;
      import java.nio.file.Path;

      public class Embedded {
        public static void main(String[] args) {
          try (SavedModelPredictor predictor = SavedModelPredictor.load(Path.of(args[0]))) {
            Features.Builder features = Features.builder();
            predictor.inputs().forEach((name, spec) -> {
              int width = Math.toIntExact(spec.shape().get(1));
              if (spec.takesIds()) {
                features.ids(name, new int[2][width]);
              } else {
                features.floats(name, new float[2][width]);
              }
            });
            for (float value : predictor.predict(features.build()).get("click")) {
              System.out.println(Float.floatToIntBits(value));
            }
            try {
              predictor.predict(Features.builder().ids("usr", 1).build());
            } catch (RuntimeException e) {
              System.out.println(e.getMessage().replace(args[0], ""));
            }
          }
        }
      }
      """;

  @TempDir Path temp;

  @Test
  void aProgramWithTensorFlowAndGuavaAlonePredicts() throws Exception {
    List<String> classpath = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (String entry : ChildProcess.classpath().split(File.pathSeparator)) {
      String name = Path.of(entry).getFileName().toString();
      boolean light = LIGHT.stream().anyMatch(name::startsWith) || entry.endsWith("classes");
      (light && !entry.endsWith("test-classes") ? classpath : left).add(entry);
    }
    assertThat(classpath)
        .as("our classes and a jar or more of each")
        .hasSizeGreaterThanOrEqualTo(9);
    assertThat(left.toString()).contains("jackson-databind", "duckdb", "jhdf", "picocli", "slf4j");

    Path source = Files.writeString(temp.resolve("Embedded.java"), MAIN);
    String joined = String.join(File.pathSeparator, classpath);
    Compiler.compile(joined, temp, List.of(source));

    Path model = SmallModel.get().folder();
    ChildProcess.Outcome outcome =
        ChildProcess.run(
            temp,
            ChildProcess.java(temp + File.pathSeparator + joined, "Embedded", model.toString()));
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    assertThat(outcome.out().lines().toList())
        .as("%s", outcome)
        .containsExactlyElementsOf(expected(model));
  }

  /** The results of the same calls with every library. */
  private static List<String> expected(Path model) {
    Features.Builder features = Features.builder();
    SmallModel.COLUMNS.forEach(
        column -> {
          if (column.isCategorical()) {
            features.ids(column.name(), new int[2][column.width()]);
          } else {
            features.floats(column.name(), new float[2][column.width()]);
          }
        });
    try (SavedModelPredictor predictor = SavedModelPredictor.load(model)) {
      float[] click = predictor.predict(features.build()).get("click");
      List<String> lines = new ArrayList<>(List.of(bits(click[0]), bits(click[1])));
      lines.add(": feature 'usr' is not an input; did you mean 'user'?");
      return lines;
    }
  }

  private static String bits(float value) {
    return Integer.toString(Float.floatToIntBits(value));
  }
}
