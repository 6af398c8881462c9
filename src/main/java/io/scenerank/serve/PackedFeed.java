package io.scenerank.serve;

import java.util.List;
import java.util.Optional;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * Where the matrices of features are fed.
 *
 * @param ids [B, F], absent where no feature carries ids
 * @param dense [B, G], absent where no feature is dense
 */
record PackedFeed(Optional<Output<?>> ids, Optional<Output<?>> dense) {

  /**
   * Feeds rows.
   *
   * @param where what an error names in front
   * @param tensors takes what is fed, which the caller closes, also after an error
   */
  void feed(
      Session.Runner runner,
      FeaturePacker packer,
      String where,
      Features features,
      int rows,
      List<Tensor> tensors) {
    ids.ifPresent(input -> feed(runner, input, packer.ids(where, features, rows), tensors));
    dense.ifPresent(input -> feed(runner, input, packer.dense(where, features, rows), tensors));
  }

  private static void feed(
      Session.Runner runner, Output<?> input, Tensor tensor, List<Tensor> tensors) {
    tensors.add(tensor);
    runner.feed(input, tensor);
  }
}
