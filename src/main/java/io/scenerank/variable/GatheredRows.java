package io.scenerank.variable;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Rows that the forward pass read from a table. Training differentiates with respect to {@code
 * values}, so that no gradient ever has the size of the table.
 *
 * @param weight the table
 * @param rows row numbers, [n]
 * @param values the rows, [n, D]
 */
public record GatheredRows(Weight weight, Operand<TInt32> rows, Operand<TFloat32> values) {}
