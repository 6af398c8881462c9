package io.scenerank.parity;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.keras.StoredVariable;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Functional.BuiltModel;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.KerasTypes;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Placeholders for a model's inputs, and the values of a case for them. */
final class CaseInputFeeds {
  private final Ops tf;
  private final KerasCases cases;
  private final Structure<MaskedTensor> inputs;
  private final Map<Operand<? extends TType>, TType> values = new LinkedHashMap<>();

  CaseInputFeeds(Ops tf, Functional model, KerasCases cases) {
    this.tf = tf;
    this.cases = cases;
    Structure<TensorRef> places = model.graph().inputs();
    ImmutableMap<String, TensorRef> byKey = BuiltModel.named(places, "0");
    Map<TensorRef, String> keys = new HashMap<>();
    boolean dict = places instanceof Structure.Entries<TensorRef>;
    byKey.forEach((key, ref) -> keys.put(ref, key));
    this.inputs =
        places.map(
            ref -> {
              String key = dict ? keys.getOrDefault(ref, ref.layer()) : ref.layer();
              return placeholder((InputLayer) model.graph().layer(ref.layer()), key);
            });
  }

  Structure<MaskedTensor> inputs() {
    return inputs;
  }

  Session.Runner feed(Session.Runner runner) {
    values.forEach(runner::feed);
    return runner;
  }

  private MaskedTensor placeholder(InputLayer layer, String key) {
    StoredVariable stored = cases.inputs().get(key);
    if (stored == null) {
      throw new InvalidInputException(
          cases.path()
              + ": inputs/"
              + key
              + " is missing, found "
              + String.join(", ", cases.inputs().keySet()));
    }
    Class<? extends TType> type =
        KerasTypes.of(layer.dtype())
            .orElseThrow(() -> layer.config().wrong("dtype", "a type of Keras"));
    // A size that the model leaves open, as the number of steps, is that of the recorded rows.
    boolean same = layer.shape().numDimensions() == stored.shape().numDimensions();
    Shape shape = (same ? layer.shape().head() : Shape.of(-1)).append(stored.shape().tail());
    Class<? extends TType> fed = fedType(type);
    Operand<? extends TType> fedInput = tf.placeholder(fed, Placeholder.shape(shape));
    values.put(fedInput, tensor(stored, fed));
    return MaskedTensor.of(Casts.to(tf, fedInput, type));
  }

  /** Types that a heap array can fill; others are converted in the graph. */
  private static Class<? extends TType> fedType(Class<? extends TType> type) {
    boolean known =
        type == TInt32.class
            || type == TInt64.class
            || type == TBool.class
            || type == TString.class;
    return known ? type : TFloat32.class;
  }

  private static TType tensor(StoredVariable stored, Class<? extends TType> type) {
    if (type == TString.class) {
      return TString.tensorOf(stored.shape(), DataBuffers.ofObjects(stored.values().texts()));
    }
    if (type == TFloat32.class) {
      return stored.numbers().toTensor();
    }
    long[] integers =
        stored.isFloat() ? cut(stored.numbers().values()) : stored.values().integers();
    if (type == TInt64.class) {
      return TInt64.tensorOf(stored.shape(), DataBuffers.of(integers, true, false));
    }
    if (type == TBool.class) {
      boolean[] flags = new boolean[integers.length];
      for (int i = 0; i < flags.length; i++) {
        flags[i] = integers[i] != 0;
      }
      return TBool.tensorOf(stored.shape(), DataBuffers.of(flags, true, false));
    }
    int[] ints = new int[integers.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) integers[i];
    }
    return TInt32.tensorOf(stored.shape(), DataBuffers.of(ints, true, false));
  }

  private static long[] cut(float[] floats) {
    long[] integers = new long[floats.length];
    for (int i = 0; i < floats.length; i++) {
      integers[i] = (long) floats[i];
    }
    return integers;
  }
}
