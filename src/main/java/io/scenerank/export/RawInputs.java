package io.scenerank.export;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** The inputs of the signature {@code raw}, and what the graph makes of them. */
interface RawInputs {
  /** Adds the inputs to a graph. */
  @FunctionalInterface
  interface Maker {
    /**
     * Adds the ops that read raw values.
     *
     * @param layout the columns of the model
     */
    RawInputs make(Ops tf, PackedLayout layout);
  }

  /** The ids of a column's raw values, [B, width]; empty where the caller gives the ids. */
  Optional<Operand<TInt32>> ids(FeatureColumn column);

  /** A dense column's values, [B, width]; empty where the caller's are taken as they are. */
  Optional<Operand<TFloat32>> dense(FeatureColumn column);

  /** The raw inputs by column; of the others {@code serving_default} has them. */
  ImmutableMap<String, Operand<? extends TType>> placeholders();

  /** The columns that are computed of the raw values of others, and so are no inputs. */
  default ImmutableSet<String> derived() {
    return ImmutableSet.of();
  }

  /** What ids are looked up in. */
  LookupTables tables();
}
