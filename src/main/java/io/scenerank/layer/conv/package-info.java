/** Keras' convolution layers along time. */
@NullMarked
package io.scenerank.layer.conv;

import org.jspecify.annotations.NullMarked;
