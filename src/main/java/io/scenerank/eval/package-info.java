/**
 * How good scores are: AUC, AUC within users (GAUC) and log-loss, over all rows and a scenario at a
 * time, beside what the true probabilities would reach where they are known; and the tables that
 * show it.
 */
@NullMarked
package io.scenerank.eval;

import org.jspecify.annotations.NullMarked;
