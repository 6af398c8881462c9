/**
 * Training: losses, optimizers, the graph of one training step, the loop over epochs, checkpoints.
 */
@NullMarked
package io.scenerank.train;

import org.jspecify.annotations.NullMarked;
