package example;

import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.SavedModelPredictor;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Scores one user and one video over HTTP. */
@SpringBootApplication
@RestController
public class Service {
  private final SavedModelPredictor predictor;

  Service(SavedModelPredictor predictor) {
    this.predictor = predictor;
  }

  @GetMapping("/click")
  float click(@RequestParam("user_id") int user) {
    Features.Builder features = Features.builder();
    for (InputSpec input : predictor.inputs().values()) {
      int[][] ids = new int[1][Math.toIntExact(input.shape().get(1))];
      if (input.name().equals("user_id")) {
        ids[0][0] = user;
      }
      features.ids(input.name(), ids);
    }
    return predictor.predict(features.build()).get("is_click")[0];
  }

  public static void main(String[] args) {
    SpringApplication.run(Service.class, args);
  }

  @Configuration
  static class Model {
    @Bean(destroyMethod = "close")
    SavedModelPredictor predictor(@Value("${model}") String folder) {
      return SavedModelPredictor.load(Path.of(folder));
    }
  }
}
