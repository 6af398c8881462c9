/** Loads SavedModels and predicts with them. Needs TensorFlow Java and Guava alone. */
package io.scenerank.serve;
