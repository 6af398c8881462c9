/** Keras' merging layers: several tensors into one. */
@NullMarked
package io.scenerank.layer.merging;

import org.jspecify.annotations.NullMarked;
