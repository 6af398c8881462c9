/**
 * One class a model: which layers, wired how. A model is described once, by its typed parameters
 * and its feature columns, and built twice: as the graph that trains and as the graph that serves.
 */
@NullMarked
package io.scenerank.model;

import org.jspecify.annotations.NullMarked;
