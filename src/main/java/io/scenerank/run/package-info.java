/**
 * The workflow, callable from Java: run, compare, train, resume, evaluate, predict, prepare; and
 * run folders.
 */
package io.scenerank.run;
