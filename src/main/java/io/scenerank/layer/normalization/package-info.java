/** Keras' normalization layers. */
@NullMarked
package io.scenerank.layer.normalization;

import org.jspecify.annotations.NullMarked;
