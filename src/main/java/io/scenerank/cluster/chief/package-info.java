/** What the chief does: it builds the graph of a step and runs it on the other tasks. */
@NullMarked
package io.scenerank.cluster.chief;

import org.jspecify.annotations.NullMarked;
