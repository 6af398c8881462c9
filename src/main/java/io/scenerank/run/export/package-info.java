/** Exports of runs, and runs of imported models. */
@NullMarked
package io.scenerank.run.export;

import org.jspecify.annotations.NullMarked;
