/**
 * Models: which layers, called on what. A model is described once, by its typed parameters and its
 * feature columns or by a Keras file, and built twice: as the graph that trains and as the graph
 * that serves.
 */
@NullMarked
package io.scenerank.model;

import org.jspecify.annotations.NullMarked;
