package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * Feeds a tensor a feature: the way of any SavedModel.
 *
 * @param outputs names of the tensors to fetch
 */
record FeatureFeeds(Session session, SignatureInputs inputs, ImmutableList<String> outputs)
    implements Execution {

  @Override
  public Result run(Features features, int rows) {
    List<Tensor> tensors = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      inputs
          .specs()
          .forEach(
              (name, spec) -> {
                Tensor tensor = spec.tensor(inputs.source(), features.get(name));
                tensors.add(tensor);
                runner.feed(spec.tensorName(), tensor);
              });
      outputs.forEach(runner::fetch);
      return runner.run();
    } finally {
      tensors.forEach(Tensor::close);
    }
  }
}
