/** Keras' preprocessing layers. */
@NullMarked
package io.scenerank.layer.preprocessing;

import org.jspecify.annotations.NullMarked;
