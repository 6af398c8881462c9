/**
 * A cluster on one machine: starts its processes, keeps them alive and ends them, in a network that
 * nobody else reaches.
 */
@NullMarked
package io.scenerank.cluster.local;

import org.jspecify.annotations.NullMarked;
