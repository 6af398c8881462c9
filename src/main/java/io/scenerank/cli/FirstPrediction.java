package io.scenerank.cli;

import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import java.nio.file.Path;

/** A program that loads a SavedModel and scores one row: what a service does when it starts. */
final class FirstPrediction {
  private FirstPrediction() {}

  /**
   * Loads a SavedModel and predicts one row of zeros.
   *
   * @param args the SavedModel
   */
  public static void main(String[] args) {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(Path.of(args[0]))) {
      Features.Builder features = Features.builder();
      predictor
          .inputs()
          .values()
          .forEach(
              input -> {
                if (input.takesIds()) {
                  features.ids(input.name(), new int[1][(int) input.width()]);
                } else {
                  features.floats(input.name(), new float[1][(int) input.width()]);
                }
              });
      String output = predictor.outputs().iterator().next();
      System.out.println(predictor.predict(features.build()).get(output)[0]);
      System.out.flush();
    }
  }
}
