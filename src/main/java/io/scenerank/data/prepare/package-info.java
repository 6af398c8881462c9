/**
 * Prepares somebody's own files: a description says which raw columns become which features, {@link
 * io.scenerank.data.prepare.Preparation} encodes the rows in DuckDB's SQL, out of core, and {@link
 * io.scenerank.data.prepare.RawRows} encodes rows to predict in the same way.
 */
@NullMarked
package io.scenerank.data.prepare;

import org.jspecify.annotations.NullMarked;
