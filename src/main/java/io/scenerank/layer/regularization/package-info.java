/** Keras' regularization layers: dropout, noise and terms of the loss. */
@NullMarked
package io.scenerank.layer.regularization;

import org.jspecify.annotations.NullMarked;
