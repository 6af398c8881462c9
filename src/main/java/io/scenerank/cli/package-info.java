/** The command line: picocli commands that parse, call and print. */
package io.scenerank.cli;
