/**
 * Proof that Java computes what Keras computes: reads a case file (inputs, weights, expected
 * outputs, gradients and training steps), runs it, and reports the largest difference of every
 * tensor.
 */
@NullMarked
package io.scenerank.parity;

import org.jspecify.annotations.NullMarked;
