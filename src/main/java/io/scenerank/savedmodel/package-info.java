/**
 * SavedModels: export of a trained model for Python, TF Serving and Java, and prediction with any
 * SavedModel. Loading and predicting needs TensorFlow Java and Guava alone.
 */
package io.scenerank.savedmodel;
