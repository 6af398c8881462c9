/**
 * What the inputs are: feature columns, their groups, the schema of a data set, and the packed
 * layout in which ids and dense values travel from a file to a graph.
 */
@NullMarked
package io.scenerank.feature;

import org.jspecify.annotations.NullMarked;
