/** The command that serves a model. */
@NullMarked
package io.scenerank.cli.serve;

import org.jspecify.annotations.NullMarked;
