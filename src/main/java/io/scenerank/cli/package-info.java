/** The command line: picocli commands that parse, call and print. */
@NullMarked
package io.scenerank.cli;

import org.jspecify.annotations.NullMarked;
