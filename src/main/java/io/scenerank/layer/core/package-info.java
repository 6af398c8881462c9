/** Keras' core layers: Dense, Embedding, activations and what else has no package of its own. */
@NullMarked
package io.scenerank.layer.core;

import org.jspecify.annotations.NullMarked;
