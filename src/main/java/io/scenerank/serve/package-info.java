/** Loads SavedModels and predicts with them. Needs TensorFlow Java and Guava alone. */
@NullMarked
package io.scenerank.serve;

import org.jspecify.annotations.NullMarked;
