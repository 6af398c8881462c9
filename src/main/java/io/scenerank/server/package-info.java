/** Answers requests over HTTP and gRPC with the models of a service. */
@NullMarked
package io.scenerank.server;

import org.jspecify.annotations.NullMarked;
