/** Exports of runs, and runs of imported models. */
package io.scenerank.run.export;
