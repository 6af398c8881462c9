package io.scenerank.parity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.scenerank.keras.StoredVariable;
import io.scenerank.variable.FloatTensor;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Numbers in the place of texts, so that texts can be compared as numbers are: hashes. */
final class TextNumbers {
  /** As many as a float32 tells apart. */
  private static final long COUNT = 1L << 24;

  private TextNumbers() {}

  /** The numbers of a graph's texts. */
  static Operand<TFloat32> of(Ops tf, Operand<TString> texts) {
    return tf.dtypes.cast(tf.strings.toHashBucketFast(texts, COUNT), TFloat32.class);
  }

  /** The values of an array, of texts their numbers. */
  static FloatTensor of(StoredVariable stored) {
    if (!stored.isText()) {
      return stored.numbers();
    }
    String[] texts = stored.values().texts();
    float[] numbers = new float[texts.length];
    for (int i = 0; i < numbers.length; i++) {
      long hash = Hashing.farmHashFingerprint64().hashBytes(texts[i].getBytes(UTF_8)).asLong();
      numbers[i] = Long.remainderUnsigned(hash, COUNT);
    }
    return new FloatTensor(stored.shape(), numbers);
  }
}
