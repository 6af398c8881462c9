/** Keras' reshaping layers. */
@NullMarked
package io.scenerank.layer.reshaping;

import org.jspecify.annotations.NullMarked;
