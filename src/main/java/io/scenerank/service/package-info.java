/** A model in production: versions, warm-up, swaps, batches of several calls, limits, meters. */
@NullMarked
package io.scenerank.service;

import org.jspecify.annotations.NullMarked;
