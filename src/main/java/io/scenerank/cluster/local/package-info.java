/**
 * A cluster on one machine: starts its processes, keeps them alive and ends them, in a network that
 * nobody else reaches.
 */
package io.scenerank.cluster.local;
