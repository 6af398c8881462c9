/** Keras' pooling layers along time. */
@NullMarked
package io.scenerank.layer.pooling;

import org.jspecify.annotations.NullMarked;
