/** Rows of a file on their way into a model: raw rows that are encoded, typed inputs by name. */
@NullMarked
package io.scenerank.run.rows;

import org.jspecify.annotations.NullMarked;
