/**
 * The workflow, callable from Java: run, compare, train, resume, evaluate, predict, prepare; and
 * run folders.
 */
@NullMarked
package io.scenerank.run;

import org.jspecify.annotations.NullMarked;
