/**
 * Training: losses, optimizers, the graph of one training step, the loop over epochs, checkpoints.
 */
package io.scenerank.train;
