/**
 * What the tasks of a cluster tell each other: who they are, what they train, what is to be done.
 */
package io.scenerank.cluster.wire;
