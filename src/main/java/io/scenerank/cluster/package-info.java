/**
 * Training on several processes, by TensorFlow's own distributed runtime: a chief that runs the
 * steps, parameter servers that hold the variables, workers that compute.
 */
@NullMarked
package io.scenerank.cluster;

import org.jspecify.annotations.NullMarked;
