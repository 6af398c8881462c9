/**
 * How fast it is: the work that is timed, the clock, and what the machine could do at best. Uses
 * all other packages but the command line.
 */
@NullMarked
package io.scenerank.bench;

import org.jspecify.annotations.NullMarked;
