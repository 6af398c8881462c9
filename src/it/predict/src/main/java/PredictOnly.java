import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import java.nio.file.Path;

/** Scores a row of a SavedModel; fails if a jar is there that prediction should not need. */
public final class PredictOnly {
  public static void main(String[] args) {
    for (String name :
        new String[] {
          "com.fasterxml.jackson.databind.ObjectMapper",
          "org.duckdb.DuckDBDriver",
          "io.jhdf.HdfFile"
        }) {
      try {
        Class.forName(name);
        throw new IllegalStateException(name + " is on the class path");
      } catch (ClassNotFoundException expected) {
        // As the exclusions say.
      }
    }
    Path model = Path.of(args[0], "savedmodels", "pepnet-keras3");
    try (SavedModelPredictor predictor = SavedModelPredictor.load(model)) {
      Features.Builder features = Features.builder();
      predictor
          .inputs()
          .values()
          .forEach(
              input ->
                  features.ids(input.name(), new int[1][Math.toIntExact(input.shape().get(1))]));
      float click = predictor.predict(features.build()).get("is_click")[0];
      if (!(click > 0 && click < 1)) {
        throw new IllegalStateException("is_click is " + click + ", expected a probability");
      }
      System.out.println("is_click = " + click);
    }
  }

  private PredictOnly() {}
}
