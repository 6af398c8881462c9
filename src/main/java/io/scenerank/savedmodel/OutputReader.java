package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** Copies a model's outputs: numbers as floats, texts as they are. */
final class OutputReader {
  private final String source;
  private final ImmutableMap.Builder<String, float[]> numbers = ImmutableMap.builder();
  private final ImmutableMap.Builder<String, String[]> texts = ImmutableMap.builder();

  OutputReader(String source) {
    this.source = source;
  }

  /**
   * @throws InvalidInputException if the output's type is no number and no text, or it holds an
   *     integer that is no float
   */
  private void read(String name, Tensor output) {
    if (output instanceof TString strings) {
      List<String> values = new ArrayList<>();
      for (NdArray<String> value : strings.using(StandardCharsets.UTF_8).scalars()) {
        values.add(value.getObject());
      }
      texts.put(name, values.toArray(new String[0]));
    } else {
      numbers.put(name, numbers(name, output));
    }
  }

  private float[] numbers(String name, Tensor output) {
    int size = Math.toIntExact(output.shape().size());
    float[] values = new float[size];
    if (output instanceof TFloat32 floats) {
      floats.asRawTensor().data().asFloats().read(values);
    } else if (output instanceof TFloat64 doubles) {
      double[] wide = new double[size];
      doubles.asRawTensor().data().asDoubles().read(wide);
      for (int i = 0; i < size; i++) {
        values[i] = (float) wide[i];
      }
    } else if (output instanceof TInt32 ints) {
      int[] whole = new int[size];
      ints.asRawTensor().data().asInts().read(whole);
      for (int i = 0; i < size; i++) {
        values[i] = exact(name, i, whole[i]);
      }
    } else if (output instanceof TInt64 longs) {
      long[] whole = new long[size];
      longs.asRawTensor().data().asLongs().read(whole);
      for (int i = 0; i < size; i++) {
        values[i] = exact(name, i, whole[i]);
      }
    } else {
      throw new InvalidInputException(
          String.format(
              "%s: output '%s' is %s, expected DT_FLOAT, DT_DOUBLE, DT_INT32, DT_INT64 or"
                  + " DT_STRING",
              source, name, output.dataType()));
    }
    return values;
  }

  /** Floats hold every integer up to 2^24, and some beyond. */
  private float exact(String name, int position, long value) {
    float rounded = value;
    if ((long) rounded != value || value == Long.MAX_VALUE) {
      throw new InvalidInputException(
          String.format(
              "%s: output '%s', value %d: found %d, expected an integer that is a float",
              source, name, position, value));
    }
    return rounded;
  }

  /** Reads outputs that were fetched in the order of these names. */
  Scores read(Iterable<String> names, Result result) {
    int next = 0;
    for (String name : names) {
      read(name, result.get(next++));
    }
    return scores();
  }

  private Scores scores() {
    return new Scores(numbers.buildOrThrow(), texts.buildOrThrow());
  }
}
