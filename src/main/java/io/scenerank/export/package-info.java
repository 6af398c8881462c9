/** Writes a trained model as a SavedModel for Python, TF Serving and Java. */
@NullMarked
package io.scenerank.export;

import org.jspecify.annotations.NullMarked;
