/** Keras' recurrent layers and their cells. */
@NullMarked
package io.scenerank.layer.rnn;

import org.jspecify.annotations.NullMarked;
