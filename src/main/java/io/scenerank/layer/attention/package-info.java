/** Keras' attention layers. */
@NullMarked
package io.scenerank.layer.attention;

import org.jspecify.annotations.NullMarked;
