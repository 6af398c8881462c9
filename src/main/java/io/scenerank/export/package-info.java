/** Writes a trained model as a SavedModel for Python, TF Serving and Java. */
package io.scenerank.export;
