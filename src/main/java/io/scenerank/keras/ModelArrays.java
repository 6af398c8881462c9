package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMultimap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.LayerTree;
import java.util.Optional;

/** The arrays of a file as the objects of a model find them: one walk for each kind of file. */
interface ModelArrays extends AutoCloseable {

  /**
   * Where a file has a variable.
   *
   * @param name how messages call the place
   * @param array empty where the file lacks it
   */
  record Place(String name, Optional<StoredVariable> array) {}

  /**
   * The places of each variable by its path: two where such a file has it twice, none where no such
   * file holds it.
   */
  ImmutableMultimap<String, Place> places(LayerTree model);

  /** All arrays that can be variables of a model's layers. */
  ImmutableList<StoredVariable> weights();

  /** The variables of the optimizer in its own order; none where the file has no optimizer. */
  default ImmutableList<StoredVariable> optimizer() {
    return ImmutableList.of();
  }

  /** What the file calls its optimizer, where it does. */
  default Optional<String> optimizerName() {
    return Optional.empty();
  }

  /**
   * The layers of a model that was put together from a description, as far as the file itself tells
   * which of its layers is which.
   */
  default ListedLayers listed(LayerTree model) {
    return ListedLayers.unlisted(model);
  }

  /** Names of the layers' classes as the file's groups have them; none where it has no such. */
  default ImmutableSet<String> classes() {
    return ImmutableSet.of();
  }

  /** Closes the file; a checkpoint is not held open. */
  @Override
  default void close() {}
}
