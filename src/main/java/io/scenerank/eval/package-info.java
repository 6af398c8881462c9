/**
 * How good scores are: AUC, AUC within users (GAUC) and log-loss, over all rows and for each
 * scenario, with the metrics of the true probabilities if they are known; and the tables that show
 * it.
 */
@NullMarked
package io.scenerank.eval;

import org.jspecify.annotations.NullMarked;
