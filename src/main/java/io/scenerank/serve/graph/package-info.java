/** Splits a forward pass into the user's part, computed once, and the candidates' part. */
@NullMarked
package io.scenerank.serve.graph;

import org.jspecify.annotations.NullMarked;
