/** What the chief does: it builds the graph of a step and runs it on the other tasks. */
package io.scenerank.cluster.chief;
