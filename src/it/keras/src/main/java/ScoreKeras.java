import io.scenerank.keras.KerasModel;
import io.scenerank.keras.KerasModels;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import java.nio.file.Path;

/** Reads a .keras file and scores a row. */
public final class ScoreKeras {
  public static void main(String[] args) throws Exception {
    KerasModel model =
        KerasModels.read(Path.of(args[0], "src", "test", "resources", "keras", "mmoe.keras"));
    try (Ranker ranker = model.ranker(1)) {
      Features features =
          Features.builder()
              .ids("user_id", 7)
              .ids("video_id", 5)
              .ids("history", new int[][] {{0, 0, 0, 3, 5}})
              .build();
      float click = ranker.predict(features).get("is_click")[0];
      if (!(click > 0 && click < 1)) {
        throw new IllegalStateException("is_click is " + click + ", expected a probability");
      }
      System.out.println("is_click = " + click);
    }
  }

  private ScoreKeras() {}
}
