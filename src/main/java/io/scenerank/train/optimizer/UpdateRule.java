package io.scenerank.train.optimizer;

/**
 * What becomes of gradients: they are clipped, then an optimizer takes them.
 *
 * @param optimizer makes the updates
 * @param globalClipnorm largest norm of all gradients together, 0 for no limit
 * @param clipvalue largest absolute value in a gradient, 0 for no limit; one of the two limits at
 *     most is given
 */
public record UpdateRule(OptimizerFactory optimizer, float globalClipnorm, float clipvalue) {}
