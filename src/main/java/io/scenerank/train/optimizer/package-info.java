/** Optimizers, and the updates of a training step: gradients, clipping, slots. */
@NullMarked
package io.scenerank.train.optimizer;

import org.jspecify.annotations.NullMarked;
