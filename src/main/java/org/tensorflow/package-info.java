/**
 * What can only be reached from TensorFlow's own package: the native handles of a graph. The
 * package is not null-marked, as that would speak for TensorFlow's classes too: each class of ours
 * is.
 */
package org.tensorflow;
