/** What can only be reached from TensorFlow's own package: the native handles of a graph. */
@NullMarked
package org.tensorflow;

import org.jspecify.annotations.NullMarked;
