/** Optimizers, and the updates of a training step: gradients, clipping, slots. */
package io.scenerank.train.optimizer;
