/**
 * The registry of layers, what reads and builds graphs of them, and the passes that compute some of
 * their calls faster.
 *
 * <p>A layer is one class with the name of its Keras class, below this package. It creates its
 * variables in {@code build}, under the path that Keras' object graph gives them; each call adds
 * its computation to the graph. Gradients of every op used here exist in TensorFlow's C++ library.
 */
@NullMarked
package io.scenerank.layer;

import org.jspecify.annotations.NullMarked;
