package io.scenerank.model;

/**
 * Multiply-adds of x · reshape(s · K) + s · K', where both K are shared by all rows and s is a
 * row's condition. Either the matrix is made for the row and every x is multiplied by it, or every
 * x is multiplied by all of K and the products are summed by s; a single x takes fewer that way
 * where the matrix is wide. Both orders are the same form in three factors, so forward and the two
 * gradients cost the same.
 */
final class GeneratedWork {
  private GeneratedWork() {}

  /**
   * @param condition width of s; 0 where it has few values and the matrices cost nothing a row
   * @param in width of x
   * @param out width of the product
   * @param count number of x that share a row's matrix
   */
  static MultiplyAdds of(long condition, long in, long out, long count) {
    long matrixFirst = condition * in * out + count * in * out;
    long inputFirst = count * (condition * in * out + condition * out);
    long product = condition == 0 ? matrixFirst : Math.min(matrixFirst, inputFirst);
    return MultiplyAdds.of(product + condition * out);
  }
}
