/**
 * One class a Keras layer, with the same name and attributes, built of TensorFlow ops.
 *
 * <p>A layer creates its variables in its constructor, under the path that Keras' object graph
 * gives them, and adds its computation to the graph in {@code call}. Gradients of every op used
 * here exist in TensorFlow's C++ library.
 */
@NullMarked
package io.scenerank.layer;

import org.jspecify.annotations.NullMarked;
