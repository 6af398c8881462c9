/**
 * What the tasks of a cluster tell each other: who they are, what they train, what is to be done.
 */
@NullMarked
package io.scenerank.cluster.wire;

import org.jspecify.annotations.NullMarked;
