/** Splits a forward pass into the user's part, computed once, and the candidates' part. */
package io.scenerank.serve.graph;
