/** The layers of keras-rs, Keras' library of recommender systems. */
@NullMarked
package io.scenerank.layer.recommenders;

import org.jspecify.annotations.NullMarked;
