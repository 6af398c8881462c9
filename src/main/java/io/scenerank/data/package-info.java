/**
 * Prepared data sets: reads and writes them as Parquet, keeps rows packed outside the Java heap,
 * splits, orders and batches them into tensors. Every file that it writes appears complete or not
 * at all.
 */
@NullMarked
package io.scenerank.data;

import org.jspecify.annotations.NullMarked;
