/**
 * The functions of {@code keras.ops} and Python's operators on tensors, which functional models
 * record as nodes; and TensorFlow's functions in models of Keras 2.
 */
@NullMarked
package io.scenerank.layer.ops;

import org.jspecify.annotations.NullMarked;
