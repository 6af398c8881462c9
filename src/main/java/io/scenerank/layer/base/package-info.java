/**
 * What a Keras layer is made of: its class, its constructor arguments, its variables, its calls on
 * tensors with masks, and graphs of such calls.
 */
@NullMarked
package io.scenerank.layer.base;

import org.jspecify.annotations.NullMarked;
