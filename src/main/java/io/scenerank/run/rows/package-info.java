/** Rows of a file on their way into a model: raw rows that are encoded, typed inputs by name. */
package io.scenerank.run.rows;
