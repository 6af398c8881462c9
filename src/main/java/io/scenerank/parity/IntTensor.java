package io.scenerank.parity;

import org.tensorflow.ndarray.Shape;

/**
 * Integers of a case file.
 *
 * @param shape all dimensions known
 * @param values row by row
 */
record IntTensor(Shape shape, int[] values) {}
