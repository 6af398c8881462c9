/** What can only be reached from TensorFlow's own package: the native handles of a graph. */
package org.tensorflow;
